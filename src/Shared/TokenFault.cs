namespace CredentialSidecar.Shared;

/// <summary>What is wrong with the form of an authorization token. Each program has its own words for it.</summary>
internal enum TokenFault
{
    None,
    Empty,

    /// <summary>ECS environmentFiles and <c>docker --env-file</c> keep the quotes of a value.</summary>
    Quoted,

    /// <summary>Most SDKs then send no request at all.</summary>
    LineEnd,

    /// <summary>The ARN of a secret instead of its value.</summary>
    SecretArn,

    /// <summary><c>${…}</c> or <c>$(…)</c>, which nothing expanded.</summary>
    Unexpanded,

    /// <summary>A blank at an end, which a header loses on its way.</summary>
    OuterBlank,

    /// <summary>A control character, or one beyond ASCII.</summary>
    NotVisible,
    TooLong,
}

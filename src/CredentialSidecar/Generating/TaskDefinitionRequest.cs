namespace CredentialSidecar.Generating;

/// <summary>What <c>generate task-definition</c> was asked for.</summary>
/// <param name="Containers">Each container, and the destination whose role it gets.</param>
/// <param name="Images">What is known about the images of containers.</param>
/// <param name="Clients">The client of a container, where several may read its destination.</param>
/// <param name="Image">The sidecar's image; null keeps the image of a sidecar that is already there.</param>
/// <param name="InitImage">The image of the init container; null takes <paramref name="Image"/> with <c>-init</c>.</param>
/// <param name="NetworkMode">Replaces the network mode; null keeps it.</param>
/// <param name="Intercept">Redirect users with an init container, instead of starting programs with the launcher.</param>
internal sealed record TaskDefinitionRequest(
    IReadOnlyDictionary<string, string> Containers,
    IReadOnlyDictionary<string, ImageFacts> Images,
    IReadOnlyDictionary<string, string> Clients,
    string? Image,
    string? InitImage,
    string? NetworkMode,
    bool Intercept);

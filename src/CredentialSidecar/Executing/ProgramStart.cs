using System.Collections.Immutable;

namespace CredentialSidecar.Executing;

/// <summary>A program to run.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Environment">All of it, each as <c>NAME=value</c>.</param>
internal sealed record ProgramStart(string Path, ImmutableArray<string> Arguments, ImmutableArray<string> Environment);

/// <summary>Runs a program to its end. Cancellation kills it with everything that it started; the task still gives its end.</summary>
internal delegate Task<ProgramEnd> RunProgram(ProgramStart start, CancellationToken cancellationToken);

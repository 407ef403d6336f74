global using CredentialSidecar.ContainerTests.Parts;
global using CredentialSidecar.Testing;
global using Xunit;

// One engine, two cores: what runs at the same time would only measure each other.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

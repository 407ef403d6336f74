global using CredentialSidecar.Testing;
global using Xunit;

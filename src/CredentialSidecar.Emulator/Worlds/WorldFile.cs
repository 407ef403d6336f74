using System.Text.Json;

namespace CredentialSidecar.Emulator.Worlds;

/// <summary>A world as JSON. Unknown keys are mistakes: a misspelt one would silently change who may do what.</summary>
internal static class WorldFile
{
    public static string Print(World world) => JsonSerializer.Serialize(world, WorldJson.Default.World);

    /// <exception cref="WorldException">The file cannot be read, is not a world, or contradicts itself.</exception>
    public static World Load(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WorldException([$"{path} cannot be read: {e.Message}"]);
        }
        catch (WorldException e)
        {
            throw new WorldException([.. e.Mistakes.Select(mistake => $"{path}: {mistake}")]);
        }
    }

    /// <exception cref="WorldException">The text is not a world, or contradicts itself.</exception>
    public static World Parse(string json)
    {
        try
        {
            return WorldChecks.Checked(
                JsonSerializer.Deserialize(json, WorldJson.Default.World) ?? throw new WorldException(["the world is null"]));
        }
        catch (JsonException e)
        {
            throw new WorldException([e.Message]);
        }
    }
}

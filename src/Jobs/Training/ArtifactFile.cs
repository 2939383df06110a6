using System.Security.Cryptography;
using Pipeline.Models.Artifacts;
using Pipeline.Models.Ranking;
using Pipeline.Storage.MySql.Models;
using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Jobs.Training;

/// <summary>A trained model as a file of the artifact folder.</summary>
/// <param name="Digest">SHA-256 of the file, hexadecimal.</param>
internal sealed record ArtifactFile(string Path, string Digest)
{
    /// <summary>Writes the model under a name of its own; a file with that name is complete.</summary>
    public static ArtifactFile Write(string folder, RunLease lease, IRecommender model, string dataDigest)
    {
        string path = System.IO.Path.GetFullPath(System.IO.Path.Combine(folder, $"{model.Algorithm}-{lease.RunId}-{lease.Token}.model"));
        Directory.CreateDirectory(folder);
        string unfinished = path + ".unfinished";
        using (var file = File.Create(unfinished))
        {
            ModelArtifact.Write(file, model, dataDigest);
            file.Flush(flushToDisk: true);
        }
        File.Move(unfinished, path, overwrite: true);
        return new ArtifactFile(path, DigestOf(path));
    }

    /// <summary>Reads a model of the registry; its tables stay in the file.</summary>
    /// <exception cref="ArtifactException">The file is not the one that was registered, damaged, or of a newer version.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IRecommender Read(ModelLocation location)
    {
        if (DigestOf(location.ArtifactPath) != location.ArtifactDigest)
            throw new ArtifactException($"{location.ArtifactPath} is not the file that was registered: its digest differs.");
        try
        {
            using var file = File.OpenRead(location.ArtifactPath);
            return ModelArtifact.Map(file).Model;
        }
        catch (ArtifactException problem)
        {
            throw new ArtifactException($"{location.ArtifactPath}: {problem.Message}");
        }
    }

    private static string DigestOf(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}

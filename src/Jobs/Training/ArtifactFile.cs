using System.Security.Cryptography;
using Pipeline.Models.Artifacts;
using Pipeline.Models.Training;
using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Jobs.Training;

/// <summary>A trained model as a file of the artifact folder.</summary>
/// <param name="Digest">SHA-256 of the file, hexadecimal.</param>
internal sealed record ArtifactFile(string Path, string Digest)
{
    /// <summary>Writes the model under a name of its own; a file with that name is complete.</summary>
    public static ArtifactFile Write(string folder, RunLease lease, ImplicitAlsModel model, string dataDigest)
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
        using var written = File.OpenRead(path);
        return new ArtifactFile(path, Convert.ToHexStringLower(SHA256.HashData(written)));
    }
}

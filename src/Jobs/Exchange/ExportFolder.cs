using System.Security.Cryptography;
using Pipeline.Jobs.Runs;

namespace Pipeline.Jobs.Exchange;

/// <param name="Sha256">Hexadecimal.</param>
internal sealed record ExportedFile(string Name, long Bytes, string Sha256);

/// <summary>
/// A folder that files appear in whole: each is written under another name, all are renamed when all are written, and of what was cut off
/// nothing stays. The last file is removed first and comes last, so with it there the folder is that of one export.
/// </summary>
/// <param name="replaces">Whether files of those names may be replaced.</param>
/// <param name="mark">Part of the names until then: another writer's is another.</param>
internal sealed class ExportFolder(string path, bool replaces, string mark)
{
    /// <exception cref="UsageException">One of the files is there and may not be replaced, or the path is a file's.</exception>
    public static void RequireFree(string path, bool replaces, IEnumerable<string> names)
    {
        if (File.Exists(path))
            throw new UsageException($"{path} is a file: expected a folder, or one to make");
        if (!replaces && names.Select(name => Path.Combine(path, name)).FirstOrDefault(File.Exists) is { } there)
            throw new UsageException($"{there} is there already: give another folder, or --overwrite");
    }

    /// <exception cref="IOException">The folder cannot be written to, or one of the files has appeared and may not be replaced.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be.</exception>
    public async Task<IReadOnlyList<ExportedFile>> WriteAsync(IReadOnlyList<(string Name, Func<Stream, Task> Write)> files, CancellationToken cancellationToken)
    {
        bool isNew = !Directory.Exists(path);
        Directory.CreateDirectory(path);
        var written = new List<ExportedFile>();
        try
        {
            foreach (var (name, write) in files)
            {
                await using var stream = new FileStream(Unfinished(name), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read);
                await write(stream);
                stream.Flush(flushToDisk: true);
                stream.Position = 0;
                written.Add(new ExportedFile(name, stream.Length, Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken))));
            }
            // From here on nobody is listened to: all or nothing.
            cancellationToken.ThrowIfCancellationRequested();
            if (!replaces && files.Select(file => Path.Combine(path, file.Name)).FirstOrDefault(File.Exists) is { } there)
                throw new IOException($"{there} has appeared meanwhile");
            File.Delete(Path.Combine(path, files[^1].Name));
            foreach (var (name, _) in files)
                File.Move(Unfinished(name), Path.Combine(path, name), replaces);
            return written;
        }
        finally
        {
            foreach (var (name, _) in files)
                File.Delete(Unfinished(name));
            if (isNew && !Directory.EnumerateFileSystemEntries(path).Any())
                Directory.Delete(path);
        }
    }

    private string Unfinished(string name) => Path.Combine(path, $"{name}.{mark}.unfinished");
}

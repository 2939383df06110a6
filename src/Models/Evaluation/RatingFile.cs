using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Models.Evaluation;

/// <summary>
/// A ratings file as a machine reads it, little-endian, ten times as fast as text:
/// <code>
/// magic "PLRATES\n" | int32 version | int32 flags: 1 values, 2 times | int64 rows
/// users, then items, each: int32 ids | int32 names | int64[ids] | names: (int32 length | UTF-8)[names]
/// chunks of up to 65,536 rows, each: int32[n] user codes | int32[n] item codes | float32[n] values | int64[n] milliseconds
/// SHA-256 of everything before it
/// </code>
/// A code is a place among the ids. An id below 0 stands for a name: the smallest int64 for the first, and so on upwards. Values and times
/// are there where the flags say so; without values every row's is 1.
/// </summary>
public static class RatingFile
{
    /// <summary>Greatest version that this program reads, and the one it writes.</summary>
    public const int Version = 1;

    /// <summary>Rows of a chunk of the file, but for the last.</summary>
    internal const int PieceRows = 1 << 16;

    private const int ValuesFlag = 1;
    private const int TimesFlag = 2;
    private const int MaxNameBytes = 1 << 20;

    private static ReadOnlySpan<byte> Magic => "PLRATES\n"u8;

    /// <summary>Whether a file that begins like this is one.</summary>
    public static bool IsOne(ReadOnlySpan<byte> beginning) => beginning.StartsWith(Magic);

    /// <param name="users">What named users of the table, as they were read with it.</param>
    public static void Write(Stream target, RatingTable table, TokenIds users, TokenIds items)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(table);
        var writer = new HashedWriter(target);
        var valued = table.Chunks.Any(chunk => chunk.HasValues);
        var timed = table.HasTimes && table.Count > 0;
        writer.Put(Magic);
        writer.PutInt(Version);
        writer.PutInt((valued ? ValuesFlag : 0) | (timed ? TimesFlag : 0));
        writer.PutLong(table.Count);
        PutIds(writer, table.UserIds, users);
        PutIds(writer, table.ItemIds, items);
        foreach (var chunk in table.Chunks)
        {
            if (valued && !chunk.HasValues)
                chunk.AddValues();
            for (var first = 0; first < chunk.Count; first += PieceRows)
            {
                var piece = first..Math.Min(first + PieceRows, chunk.Count);
                writer.Put<int>(chunk.Users[piece]);
                writer.Put<int>(chunk.Items[piece]);
                writer.Put<float>(valued ? chunk.Values[piece] : []);
                writer.Put<long>(timed ? chunk.Times[piece] : []);
            }
        }
        writer.PutDigest();
    }

    /// <param name="begun">What was taken from the stream already.</param>
    internal static RatingTable Read(ReadOnlyMemory<byte> begun, Stream source, string file, TokenIds users, TokenIds items)
    {
        var reader = new HashedReader(begun, source, file);
        reader.Skip(Magic.Length);
        var version = reader.Int();
        if (version > Version)
            throw new RatingFormatException(file, $"it has version {version}; this program reads up to version {Version}.");
        var flags = reader.Int();
        var rows = reader.Long();
        if (version < 1 || (flags & ~(ValuesFlag | TimesFlag)) != 0 || rows is < 0 or > int.MaxValue)
            throw reader.Damaged("its head makes no sense");
        var table = new RatingTable(ReadIds(reader, users), ReadIds(reader, items));
        if (rows > 0 && (table.UserIds.IsEmpty || table.ItemIds.IsEmpty))
            throw reader.Damaged("it has rows and no ids");
        for (var left = (int)rows; left > 0; left -= PieceRows)
            ReadPiece(reader, Math.Min(left, PieceRows), flags, table);
        if (rows > 0 && (flags & TimesFlag) == 0)
            table.DropTimes();
        reader.CheckDigest();
        return table.Count > 0 ? table : throw new RatingFormatException(file, "it holds no interaction.");
    }

    private static void ReadPiece(HashedReader reader, int count, int flags, RatingTable table)
    {
        var chunk = table.ChunkWithRoom();
        var first = chunk.Count;
        bool valued = (flags & ValuesFlag) != 0, timed = (flags & TimesFlag) != 0;
        table.Extend(chunk, count, valued, timed);
        reader.Take<int>(chunk.Users[first..]);
        reader.Take<int>(chunk.Items[first..]);
        if (valued)
            reader.Take<float>(chunk.Values[first..]);
        if (timed)
            reader.Take<long>(chunk.Times[first..]);
        reader.HashBehind(hash =>
        {
            var piece = first..(first + count);
            hash.AppendData(MemoryMarshal.AsBytes(chunk.Users[piece]));
            hash.AppendData(MemoryMarshal.AsBytes(chunk.Items[piece]));
            if (valued)
                hash.AppendData(MemoryMarshal.AsBytes(chunk.Values[piece]));
            if (timed)
                hash.AppendData(MemoryMarshal.AsBytes(chunk.Times[piece]));
            GC.KeepAlive(chunk);
        });
        if (chunk.Users[first..].ContainsAnyExceptInRange(0, table.UserIds.Length - 1) || chunk.Items[first..].ContainsAnyExceptInRange(0, table.ItemIds.Length - 1))
            throw reader.Damaged("a row names an id that is not there");
    }

    private static void PutIds(HashedWriter writer, ReadOnlySpan<long> ids, TokenIds tokens)
    {
        // Names are numbered afresh, in the order of the ids, so that a file holds none but its own.
        var names = new TokenIds();
        var written = ids.ToArray();
        foreach (ref var id in written.AsSpan())
            id = tokens.NameOf(id) is { } name ? names.IdOf(name) : id;
        writer.PutInt(written.Length);
        writer.PutInt(names.NameCount);
        writer.Put<long>(written);
        for (var n = 0; n < names.NameCount; n++)
        {
            var bytes = Encoding.UTF8.GetBytes(names.NameOf(long.MinValue + n)!);
            writer.PutInt(bytes.Length);
            writer.Put<byte>(bytes);
        }
    }

    private static IdCodes ReadIds(HashedReader reader, TokenIds tokens)
    {
        var (count, nameCount) = (reader.Int(), reader.Int());
        if (count < 0 || nameCount < 0 || nameCount > count)
            throw reader.Damaged("the number of its ids makes no sense");
        var ids = reader.Array<long>(count);
        var names = new long[nameCount];
        for (var n = 0; n < nameCount; n++)
        {
            var length = reader.Int();
            if (length is < 0 or > MaxNameBytes)
                throw reader.Damaged("the length of a name makes no sense");
            names[n] = tokens.IdOf(Encoding.UTF8.GetString(reader.Array<byte>(length)));
        }
        var codes = new IdCodes();
        foreach (var id in ids)
        {
            if (id < 0 && (ulong)(id - long.MinValue) >= (ulong)nameCount)
                throw reader.Damaged("an id stands for a name that is not there");
            codes.CodeOf(id < 0 ? names[id - long.MinValue] : id);
        }
        return codes.Count == count ? codes : throw reader.Damaged("an id is there twice");
    }

    private sealed class HashedWriter(Stream target)
    {
        private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public void Put<T>(ReadOnlySpan<T> values)
            where T : unmanaged
        {
            var bytes = MemoryMarshal.AsBytes(values);
            hash.AppendData(bytes);
            target.Write(bytes);
        }

        public void PutInt(int value) => Put<int>([value]);

        public void PutLong(long value) => Put<long>([value]);

        public void PutDigest() => target.Write(hash.GetHashAndReset());
    }

    private sealed class HashedReader(ReadOnlyMemory<byte> begun, Stream source, string file)
    {
        // An array grows as its bytes come, so that a length that was damaged asks for no memory that the file does not have.
        private const int Step = 1 << 20;

        private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private ReadOnlyMemory<byte> rest = begun;
        private Task hashed = Task.CompletedTask;

        public RatingFormatException Damaged(string how) => new(file, $"it is damaged: {how}.");

        public void Skip(int bytes) => Array<byte>(bytes);

        public int Int() => Array<int>(1)[0];

        public long Long() => Array<long>(1)[0];

        public T[] Array<T>(int length)
            where T : unmanaged
        {
            var values = new T[Math.Min(length, Step)];
            for (var done = 0; ;)
            {
                var step = values.AsSpan(done);
                Take(step);
                hash.AppendData(MemoryMarshal.AsBytes(step));
                done = values.Length;
                if (done == length)
                    return values;
                System.Array.Resize(ref values, (int)Math.Min(length, 2L * done));
            }
        }

        /// <summary>Reads what is not hashed yet.</summary>
        public void Take<T>(Span<T> values)
            where T : unmanaged
        {
            var bytes = MemoryMarshal.AsBytes(values);
            var ready = Math.Min(rest.Length, bytes.Length);
            rest.Span[..ready].CopyTo(bytes);
            rest = rest[ready..];
            bytes = bytes[ready..];
            if (source.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
                throw Damaged("it is cut short");
        }

        /// <summary>Hashes, on another thread and in order, what was taken while more is read.</summary>
        public void HashBehind(Action<IncrementalHash> append) =>
            hashed = hashed.ContinueWith(_ => append(hash), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

        public void CheckDigest()
        {
            Span<byte> stored = stackalloc byte[SHA256.HashSizeInBytes], one = stackalloc byte[1];
            Take(stored);
            hashed.GetAwaiter().GetResult();
            if (!stored.SequenceEqual(hash.GetHashAndReset()))
                throw Damaged("its content does not match its digest");
            if (!rest.IsEmpty || source.Read(one) > 0)
                throw Damaged("something follows its end");
        }
    }
}

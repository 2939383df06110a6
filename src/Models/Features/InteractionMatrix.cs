using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Pipeline.Models.Features;

/// <summary>
/// Members × titles, both ways. A value is a signed confidence (<see cref="SignalWeights.Confidence"/>). The same interactions give
/// the same matrix and the same digest, in whatever order they came.
/// </summary>
public sealed class InteractionMatrix
{
    private readonly long[]? lastAt;
    private string? digest;

    internal InteractionMatrix(IdIndex users, IdIndex contents, SparseMatrix byUser, long[]? lastAt)
    {
        Users = users;
        Contents = contents;
        ByUser = byUser;
        ByContent = byUser.Transpose();
        this.lastAt = lastAt;
    }

    public IdIndex Users { get; }

    public IdIndex Contents { get; }

    /// <summary>Shape [users, contents].</summary>
    public SparseMatrix ByUser { get; }

    /// <summary>Shape [contents, users].</summary>
    public SparseMatrix ByContent { get; }

    /// <summary>Number of interactions.</summary>
    public int Count => ByUser.Count;

    /// <summary>False where the interactions came without times.</summary>
    public bool HasTimes => lastAt is not null;

    /// <summary>Last interaction with each title of the user's row, milliseconds since 1970 UTC; empty without times.</summary>
    public ReadOnlySpan<long> LastAt(int user) =>
        lastAt is null ? [] : lastAt.AsSpan(ByUser.Starts[user], ByUser.RowLength(user));

    /// <summary>SHA-256 of ids, structure, confidences (none where all are 1) and times, lower-case hexadecimal.</summary>
    public string Digest => digest ??= ComputeDigest();

    /// <summary>Builds from parallel columns. Of repeated (user, content) pairs the latest counts, at the same time the more confident one.</summary>
    /// <param name="confidences">Empty for 1 everywhere.</param>
    /// <param name="times">Milliseconds since 1970 UTC; empty where there are none.</param>
    public static InteractionMatrix FromColumns(
        ReadOnlySpan<long> users, ReadOnlySpan<long> contents, ReadOnlySpan<float> confidences, ReadOnlySpan<long> times) =>
        FromColumns(IdIndex.Of(users), IdIndex.Of(contents), users, contents, confidences, times);

    /// <summary>As above over given indexes; a row whose user or content is in neither index is left out.</summary>
    public static InteractionMatrix FromColumns(
        IdIndex userIndex,
        IdIndex contentIndex,
        ReadOnlySpan<long> users,
        ReadOnlySpan<long> contents,
        ReadOnlySpan<float> confidences,
        ReadOnlySpan<long> times)
    {
        ArgumentNullException.ThrowIfNull(userIndex);
        ArgumentNullException.ThrowIfNull(contentIndex);
        if (users.Length != contents.Length
            || (!confidences.IsEmpty && confidences.Length != users.Length)
            || (!times.IsEmpty && times.Length != users.Length))
        {
            throw new ArgumentException("The columns differ in length.", nameof(contents));
        }
        return InteractionSorter.Build(userIndex, contentIndex, users, contents, confidences, times);
    }

    /// <summary>The rows of some of the users, over the same contents.</summary>
    public InteractionMatrix OfUsers(Predicate<long> isWanted)
    {
        ArgumentNullException.ThrowIfNull(isWanted);
        var rows = Enumerable.Range(0, Users.Count).Where(user => isWanted(Users[user])).ToArray();
        var byUser = ByUser.OfRows(rows);
        var times = lastAt is null ? null : new long[byUser.Count];
        for (var row = 0; row < rows.Length && times is not null; row++)
            LastAt(rows[row]).CopyTo(times.AsSpan(byUser.Starts[row]));
        return new InteractionMatrix(IdIndex.Of([.. rows.Select(row => Users[row])]), Contents, byUser, times);
    }

    private string ComputeDigest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, Users.Ids);
        Append(hash, Contents.Ids);
        Append(hash, ByUser.Starts);
        Append(hash, ByUser.AllColumns);
        Append(hash, ByUser.AllValues);
        Append<long>(hash, lastAt);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    // The length goes first, so that no two sets of columns run together to the same bytes.
    private static void Append<T>(IncrementalHash hash, ReadOnlySpan<T> column)
        where T : unmanaged
    {
        hash.AppendData(BitConverter.GetBytes((long)column.Length));
        hash.AppendData(MemoryMarshal.AsBytes(column));
    }
}

using System.IO.Compression;
using Pipeline.Models.Evaluation;
using Pipeline.Models.Training.Titles;

namespace Pipeline.Jobs.Commands;

/// <summary>What <see cref="EvaluateCommand"/> reads: the split, and what is known of its members and titles.</summary>
/// <param name="Slices">By activity, and by each attribute of members that was given.</param>
/// <param name="Groups">Labels where they were given, else head, middle and tail.</param>
/// <param name="Lists">Over the training part.</param>
internal sealed record EvaluateData(EvaluationSplit Split, IReadOnlyList<Slice> Slices, ContentGroups Groups, ListMetrics Lists)
{
    private static ReadOnlySpan<byte> GZip => [0x1f, 0x8b];

    /// <summary>Names of titles, and their labels as genres; null where none were given.</summary>
    public ITitleCatalogue? Titles { get; private init; }

    public static EvaluateData Read(EvaluateRequest request)
    {
        var users = new TokenIds();
        var items = new TokenIds();
        var reader = new RatingReader(users, items);
        var split = ReadSplit(request, file => Open(file, stream => reader.Read(stream, file.Name)));
        var attributes = request.Members is { } members ? Open(members, stream => AttributeReader.ReadMembers(stream, members.Name, users)) : [];
        var titles = request.Titles is { } file ? Open(file, stream => AttributeReader.ReadTitles(stream, file.Name, items)) : null;
        var groups = titles is null
            ? ContentGroups.ByPopularity(split.Train)
            : ContentGroups.ByLabels(split.Train.Contents, content => titles.GetValueOrDefault(content)?.Labels ?? []);
        var slices = attributes.SelectMany(
            attribute => Pipeline.Models.Evaluation.Slices.ByAttribute(split, attribute.Key, user => attribute.Value.GetValueOrDefault(user)));
        return new EvaluateData(
            split, [.. Pipeline.Models.Evaluation.Slices.ByActivity(split), .. slices], groups, new ListMetrics(split.Train, groups))
        {
            Titles = titles is null ? null : new LabelledTitles(titles),
        };
    }

    private static EvaluationSplit ReadSplit(EvaluateRequest request, Func<FileInfo, RatingTable> read)
    {
        var confidences = request.Values == EvaluateRequest.ValuesGiven;
        if (request.Ratings is null)
            return GivenSplit.Create(Rows(request.Train!), Rows(request.Test!), request.FoldIn is null ? null : Rows(request.FoldIn), confidences);
        var table = Rows(request.Ratings);
        return Protocols.Split(request.Protocol!, table.TakeInteractions(confidences), request.Seed);

        RatingTable Rows(FileInfo file)
        {
            if (request.MinValue is not { } value)
                return read(file);
            var kept = read(file).AtLeast(value);
            return kept.Count > 0 ? kept : throw new EvaluationException(FormattableString.Invariant($"{file.Name}: no row has a value of {value} or more."));
        }
    }

    private static T Open<T>(FileInfo file, Func<Stream, T> read)
    {
        using var stream = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        if (!stream.CanSeek)
            throw new RatingFormatException(file.Name, "it is a pipe; expected a file.");
        Span<byte> first = stackalloc byte[2];
        var compressed = stream.ReadAtLeast(first, first.Length, throwOnEndOfStream: false) == first.Length && first.SequenceEqual(GZip);
        stream.Position = 0;
        if (!compressed)
            return read(stream);
        try
        {
            using var text = new GZipStream(stream, CompressionMode.Decompress);
            return read(text);
        }
        catch (InvalidDataException problem)
        {
            throw new RatingFormatException(file.Name, $"it is compressed and damaged: {problem.Message}");
        }
    }

    private sealed class LabelledTitles(IReadOnlyDictionary<long, LabelledTitle> titles) : ITitleCatalogue
    {
        public TitleMetadata? Find(long contentId) => titles.TryGetValue(contentId, out var title)
            ? new TitleMetadata { Genres = title.Labels, Texts = title.Name.Length > 0 ? [new TitleText("", title.Name)] : [] }
            : null;
    }
}

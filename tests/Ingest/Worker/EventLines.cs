using System.Globalization;
using System.Text.Json.Nodes;
using Pipeline.Ingest.Tests.Events;

namespace Pipeline.Ingest.Tests.Worker;

/// <summary>Seeded lines of events, some of them broken, some sent twice, and what must become of them.</summary>
internal sealed class EventLines
{
    private static readonly string[] Broken =
        ["not json", "{\"userId\":7", "{\"eventId\":\"x\"}", EventJson.With("type", "\"binge\""), EventJson.With("userId", "0")];

    private readonly Random _random;

    /// <param name="now">Events occur at about this time.</param>
    public EventLines(int seed, int count, DateTimeOffset now)
    {
        _random = new Random(seed);
        var lines = new List<string>(count);
        var good = new List<string>(count);
        var ids = new HashSet<Guid>();
        while (lines.Count < count)
        {
            var kind = _random.Next(100);
            if (kind < 2)
            {
                Refused++;
                lines.Add(Broken[_random.Next(Broken.Length)]);
            }
            else if (kind < 5 && Stored > 0)
            {
                Duplicates++;
                lines.Add(good[_random.Next(good.Count)]);
            }
            else
            {
                Stored++;
                var id = new Guid(0x0199c1d2, 0x7a3b, 0x7c4d, BitConverter.GetBytes(_random.NextInt64()));
                ids.Add(id);
                good.Add(Event(id, now));
                lines.Add(good[^1]);
            }
        }

        (Lines, Ids) = (lines, ids);
    }

    public IReadOnlyList<string> Lines { get; }
    public IReadOnlySet<Guid> Ids { get; }
    public int Stored { get; private set; }
    public int Duplicates { get; private set; }
    public int Refused { get; private set; }

    private string Event(Guid id, DateTimeOffset now) => new JsonObject
    {
        ["eventId"] = id.ToString(),
        ["type"] = "progress",
        ["occurredAt"] = now.AddSeconds(-_random.Next(3_600)).ToString("O", CultureInfo.InvariantCulture),
        ["userId"] = _random.Next(1, 500),
        ["contentId"] = _random.Next(1_001, 1_100),
        ["watchedSeconds"] = 30,
        ["region"] = "KR",
    }.ToJsonString();
}

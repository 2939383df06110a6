using Pipeline.Models.Features;

namespace Pipeline.Models.Tests;

/// <summary>Small data sets whose right answers are known, the same bytes every time.</summary>
internal static class Generated
{
    /// <summary>Even members watch even titles and odd ones odd titles, each leaving out one in four, so that there is something to find.</summary>
    public static InteractionMatrix Checkerboard(int size)
    {
        var users = new List<long>();
        var contents = new List<long>();
        for (var user = 0; user < size; user++)
        {
            for (var content = user % 2; content < size; content += 2)
            {
                if ((user / 2 + content / 2) % 4 == 0)
                    continue;
                users.Add(user);
                contents.Add(content);
            }
        }
        return InteractionMatrix.FromColumns([.. users], [.. contents], [], []);
    }

    /// <summary>Members and titles of five tastes: a title of one's own taste is ten times as likely as another, popular ones likelier.</summary>
    public static (long[] Users, long[] Contents) PlantedPairs(int users, int contents, int seed = 1)
    {
        var random = new Random(seed);
        var userColumn = new List<long>();
        var contentColumn = new List<long>();
        for (var user = 0; user < users; user++)
        {
            for (var content = 0; content < contents; content++)
            {
                var popularity = 1 / Math.Sqrt(1 + content / 5);
                var likely = user % 5 == content % 5 ? 0.8 : 0.08;
                if (random.NextDouble() >= likely * popularity)
                    continue;
                userColumn.Add(1000 + user);
                contentColumn.Add(50_000 + content);
            }
        }
        return ([.. userColumn], [.. contentColumn]);
    }

    public static InteractionMatrix Planted(int users, int contents, int seed = 1)
    {
        var (userColumn, contentColumn) = PlantedPairs(users, contents, seed);
        return InteractionMatrix.FromColumns(userColumn, contentColumn, [], []);
    }

    /// <summary>As planted, each pair at a time of its own.</summary>
    public static InteractionMatrix PlantedInTime(int users, int contents)
    {
        var (userColumn, contentColumn) = PlantedPairs(users, contents);
        var random = new Random(9);
        return InteractionMatrix.FromColumns(userColumn, contentColumn, [], [.. userColumn.Select(_ => (long)random.Next(1_000_000))]);
    }

    /// <summary>As planted, with confidences from 0.1 to 2, every seventh a dislike.</summary>
    public static InteractionMatrix WithConfidences(int users, int contents)
    {
        var (userColumn, contentColumn) = PlantedPairs(users, contents);
        var confidences = Enumerable.Range(0, userColumn.Length).Select(n => (n % 7 == 6 ? -1 : 1) * (0.1f + n * 13 % 20 / 10f)).ToArray();
        return InteractionMatrix.FromColumns(userColumn, contentColumn, confidences, []);
    }
}

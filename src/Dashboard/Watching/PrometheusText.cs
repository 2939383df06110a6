using System.Globalization;

namespace Pipeline.Dashboard.Watching;

/// <summary>A sample of Prometheus' text format.</summary>
internal readonly record struct MetricSample(string Name, IReadOnlyDictionary<string, string> Labels, double Value);

/// <summary>Reads Prometheus' text format: names, labels and values; times and comments are left out.</summary>
internal static class PrometheusText
{
    /// <summary>Lines that are no samples are passed over.</summary>
    public static IEnumerable<MetricSample> Read(string text)
    {
        foreach (string line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            if (line[0] != '#' && Sample(line) is { } sample)
                yield return sample;
    }

    private static MetricSample? Sample(string line)
    {
        int brace = line.IndexOf('{'), end = brace < 0 ? line.IndexOf(' ') : line.LastIndexOf('}') + 1;
        if (end <= 0)
            return null;
        string[] rest = line[end..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (rest.Length == 0 || !double.TryParse(rest[0], NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
            return null;
        return brace < 0
            ? new MetricSample(line[..end], new Dictionary<string, string>(), value)
            : new MetricSample(line[..brace], Labels(line[(brace + 1)..(end - 1)]), value);
    }

    private static Dictionary<string, string> Labels(string text)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int at = 0; at < text.Length;)
        {
            int equals = text.IndexOf("=\"", at, StringComparison.Ordinal);
            if (equals < 0)
                break;
            int close = equals + 2;
            while (close < text.Length && text[close] != '"')
                close += text[close] == '\\' ? 2 : 1;
            if (close >= text.Length)
                break;
            labels[text[at..equals].Trim(',', ' ')] = text[(equals + 2)..close].Replace("\\\"", "\"").Replace("\\\\", "\\");
            at = close + 1;
        }
        return labels;
    }
}

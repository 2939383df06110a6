using System.Collections.Frozen;
using System.Globalization;
using Microsoft.AspNetCore.Html;

namespace Pipeline.Dashboard.Texts;

/// <summary>
/// What the program itself writes into the ledger, the alarms and the audit, as pages say it: in the reader's language, with its times as
/// everywhere. The tables keep one English text for everybody. What has no form here may be somebody's own words, and is shown as it is.
/// </summary>
internal static class Phrases
{
    /// <summary>Longer ones are nobody's of the program.</summary>
    private const int Longest = 4_000;

    private static readonly string[] TimeForms = ["yyyy-MM-dd HH:mm:ss.FFFFFF' UTC'", "yyyy-MM-dd HH:mm:ss.FFFFFF", "yyyy-MM-dd HH:mm:ss'Z'", "yyyy-MM-dd HH:mm' UTC'"];

    /// <summary>Forms with holes, in the order in which they are tried.</summary>
    private static readonly Form[] Forms = [.. Korean.Phrases.Where(pair => pair.Key.Contains("{0}", StringComparison.Ordinal)).Select(pair => new Form(pair.Key, pair.Value))];

    private static readonly FrozenDictionary<string, string> Whole =
        Korean.Phrases.Where(pair => !pair.Key.Contains("{0}", StringComparison.Ordinal)).ToFrozenDictionary(StringComparer.Ordinal);

    /// <param name="korean">Whether the reader's language is Korean; else English.</param>
    /// <param name="name">Whether the text may be an operator's name: then a single word is one.</param>
    public static IHtmlContent Say(string? text, bool korean, bool name = false)
    {
        var said = new HtmlContentBuilder();
        if (text is not { Length: > 0 and <= Longest })
            return said.Append(Plain.Show(text));
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            if (i > 0)
                said.Append("\n");
            if (lines[i].Length > 0)
                Say(said, lines[i], korean, name);
        }
        return said;
    }

    /// <remarks>What stands in a hole may be a phrase too, or a name; it is shorter, so this ends.</remarks>
    private static void Say(HtmlContentBuilder said, string text, bool korean, bool name)
    {
        if (Time(text) is { } time)
            said.AppendHtml(Times.Html(time));
        else if (name && !text.Contains(' ', StringComparison.Ordinal))
            said.Append(Plain.Show(text));
        else if (Whole.TryGetValue(text, out string? whole))
            said.Append(korean ? whole : text);
        else if (korean && Parameter(text) is { } parameter)
            said.Append(parameter);
        else if (Forms.Select(form => (Form: form, Holes: form.Fill(text))).FirstOrDefault(match => match.Holes is not null) is { Holes: { } holes } found)
        {
            foreach (var (words, hole) in korean ? found.Form.Korean : found.Form.English)
            {
                said.Append(words);
                if (hole is { } number)
                    Say(said, holes[number], korean, name: true);
            }
        }
        else
            said.Append(Plain.Show(text));
    }

    /// <summary>What a parameter of a job means and what it may be, with a semicolon between, in Korean; null for another text.</summary>
    private static string? Parameter(string text)
    {
        var (meaning, said) = Korean.ParameterMeanings.FirstOrDefault(
            pair => text.StartsWith(pair.Key, StringComparison.Ordinal) && (text.Length == pair.Key.Length || text.AsSpan(pair.Key.Length).StartsWith("; ")));
        if (meaning is null)
            return null;
        string range = text[meaning.Length..].TrimStart(';', ' ');
        return range.Length == 0 ? said
            : range.Split(" to ") is [var least, var most] ? $"{said}; {string.Format(Korean.Words["{0} to {1}"], least, most)}"
            : $"{said}; {Korean.Words.GetValueOrDefault(range, range)}";
    }

    /// <summary>UTC; null for what is no time.</summary>
    private static DateTime? Time(string text) =>
        char.IsAsciiDigit(text[0]) && DateTime.TryParseExact(
            text, TimeForms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : null;

    /// <summary>A sentence with numbered holes.</summary>
    private sealed class Form(string english, string korean)
    {
        /// <summary>Such as <c>run {0}</c>: then one word stands in the hole.</summary>
        private readonly bool _isNumbered = english.Count(letter => letter == ' ') == 1 && english.EndsWith(" {0}", StringComparison.Ordinal) && char.IsLetter(english[^5]);

        public List<(string Words, int? Hole)> English { get; } = Parts(english);

        public List<(string Words, int? Hole)> Korean { get; } = Parts(korean);

        /// <summary>What stands in the holes of a text of this form, each as short as it can be but the last; null for another text.</summary>
        public string[]? Fill(string text)
        {
            string end = English[^1].Words;
            if (!text.StartsWith(English[0].Words, StringComparison.Ordinal) || !text.EndsWith(end, StringComparison.Ordinal))
                return null;
            string[] holes = new string[English.Count - 1];
            int at = English[0].Words.Length;
            for (int hole = 0; hole < holes.Length; hole++)
            {
                bool last = hole == holes.Length - 1;
                int close = last ? text.Length - end.Length : text.IndexOf(English[hole + 1].Words, at, StringComparison.Ordinal);
                if (close <= at)
                    return null;
                holes[hole] = text[at..close];
                if (_isNumbered && holes[hole].Contains(' ', StringComparison.Ordinal))
                    return null;
                at = close + English[hole + 1].Words.Length;
            }
            return holes;
        }

        /// <summary>Words, each with the hole behind them; the last ones have none.</summary>
        private static List<(string Words, int? Hole)> Parts(string form)
        {
            var parts = new List<(string, int?)>();
            int at = 0;
            for (int brace = form.IndexOf('{'); brace >= 0; brace = form.IndexOf('{', at))
            {
                parts.Add((form[at..brace], form[brace + 1] - '0'));
                at = brace + 3;
            }
            parts.Add((form[at..], null));
            return parts;
        }
    }
}

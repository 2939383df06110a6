using System.Globalization;
using System.Text;

namespace Pipeline.Dashboard.Texts;

/// <summary>Text from elsewhere, such as a log line or a title, so that a reader sees what is in it.</summary>
internal static class Plain
{
    private const int Longest = 4_000;

    /// <summary>
    /// Characters that cannot be seen but change how others look (controls, and formats such as those that turn the direction of writing)
    /// are spelled out, and what is endless is cut. Markup is the page's encoder's business.
    /// </summary>
    public static string Show(string? text)
    {
        if (text is null)
            return "";
        var shown = new StringBuilder(Math.Min(text.Length, Longest));
        foreach (var rune in text.EnumerateRunes())
        {
            if (shown.Length >= Longest)
                return shown.Append('…').ToString();
            bool hidden = rune.Value is not ('\n' or '\t')
                && Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
                    or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
            shown.Append(hidden ? $"⟨U+{rune.Value:X4}⟩" : rune.ToString());
        }
        return shown.ToString();
    }
}

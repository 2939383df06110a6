using System.Globalization;
using System.Text;

namespace Pipeline.Models.Training.Titles;

/// <summary>
/// Splits text of any language into tokens: words in lower case where words are written apart, and pairs of neighbouring signs in Chinese,
/// Japanese and Korean, where they are not or carry endings (P. McNamee, J. Mayfield, "Character N-Gram Tokenization for European
/// Language Text Retrieval", 2004).
/// </summary>
internal static class TitleTokens
{
    public static IEnumerable<string> Of(string text)
    {
        var run = new List<Rune>();
        var dense = false;
        foreach (var written in text.EnumerateRunes())
        {
            var rune = Narrow(written);
            var letter = Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
            if (!letter || (run.Count > 0 && IsDense(rune) != dense))
            {
                foreach (var token in Tokens(run, dense))
                    yield return token;
                run.Clear();
            }
            if (!letter)
                continue;
            dense = IsDense(rune);
            run.Add(Rune.ToLowerInvariant(rune));
        }
        foreach (var token in Tokens(run, dense))
            yield return token;
    }

    private static IEnumerable<string> Tokens(List<Rune> run, bool dense)
    {
        if (run.Count == 0)
            yield break;
        if (!dense || run.Count == 1)
        {
            yield return string.Concat(run);
            yield break;
        }
        for (var n = 1; n < run.Count; n++)
            yield return string.Concat(run[n - 1], run[n]);
    }

    // Letters of full width, as East Asian texts write Latin ones.
    private static Rune Narrow(Rune rune) => rune.Value is >= 0xFF01 and <= 0xFF5E ? new Rune(rune.Value - 0xFEE0) : rune;

    // Hangul, kana, and Han with its extensions.
    private static bool IsDense(Rune rune) => rune.Value is
        (>= 0x1100 and <= 0x11FF) or (>= 0x3040 and <= 0x30FF) or (>= 0x3130 and <= 0x318F) or (>= 0x3400 and <= 0x9FFF)
        or (>= 0xAC00 and <= 0xD7AF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x323AF);
}

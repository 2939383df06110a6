using Microsoft.AspNetCore.Html;
using Microsoft.Net.Http.Headers;

namespace Pipeline.Dashboard.Texts;

/// <summary>The words of a page in the reader's language: the one chosen, else the first of the browser's that there is, else English.</summary>
public sealed class Words(IHttpContextAccessor accessor)
{
    public const string Cookie = "__Host-pipeline-language";

    private readonly bool _korean = Choose(accessor.HttpContext!.Request) == "ko";

    public static IReadOnlyDictionary<string, string> Languages { get; } =
        new SortedDictionary<string, string>(StringComparer.Ordinal) { ["en"] = "English", ["ko"] = "한국어" };

    /// <summary>For the attribute <c>lang</c>.</summary>
    public string Language => _korean ? "ko" : "en";

    /// <param name="english">The words as they stand in the pages, which is also what they are looked up by.</param>
    public string this[string english] => _korean ? Korean.Words.GetValueOrDefault(english, english) : english;

    /// <param name="values">For {0} and so on.</param>
    public string this[string english, params object[] values] => string.Format(this[english], values);

    /// <summary>What a parameter of a job may be: two bounds, or words.</summary>
    /// <param name="english">As the job says it; what has no Korean, such as a list of names, stays as it is.</param>
    public string Range(string english)
    {
        ArgumentNullException.ThrowIfNull(english);
        return english.Split(" to ") is [var least, var most] ? this["{0} to {1}", least, most] : this[english];
    }

    /// <summary>What the program wrote down elsewhere, such as the reason of a run; anybody else's words stay as they are.</summary>
    public IHtmlContent Said(string? text) => Phrases.Say(text, _korean);

    /// <summary>Who did something: an operator, or the program itself.</summary>
    public IHtmlContent Who(string? actor) => Phrases.Say(actor, _korean, name: true);

    private static string Choose(HttpRequest request)
    {
        if (request.Cookies[Cookie] is { } chosen && Languages.ContainsKey(chosen))
            return chosen;
        if (!StringWithQualityHeaderValue.TryParseList(request.Headers.AcceptLanguage, out var wished))
            return "en";
        return wished.OrderByDescending(language => language.Quality ?? 1).Select(language => language.Value.Value?.Split('-')[0].ToLowerInvariant())
            .FirstOrDefault(language => language is not null && Languages.ContainsKey(language)) ?? "en";
    }
}

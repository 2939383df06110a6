using System.Text.RegularExpressions;

namespace Pipeline.Dashboard.SignIn;

/// <summary>How operators may be called: nothing that looks like another name, in a table or in a log.</summary>
public static partial class OperatorNames
{
    public const string Form = "2 to 32 lower-case letters, digits, dots, dashes or underscores, beginning with a letter";

    public static bool IsValid(string name) => Pattern().IsMatch(name);

    [GeneratedRegex(@"^[a-z][a-z0-9._-]{1,31}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}

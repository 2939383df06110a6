using Pipeline.Dashboard.Api;
using Pipeline.Dashboard.SignIn;
using Pipeline.Dashboard.Texts;

namespace Pipeline.Dashboard.Door;

/// <summary>Asks for the code again that stands before what is hard to undo, and says why it is not taken.</summary>
internal static class Confirmations
{
    /// <returns>What is wrong with the code, in the page's language; null where it is right, and spent.</returns>
    public static async Task<string?> ComplaintAsync(this SignInDesk desk, HttpContext context, string? code, Words words)
    {
        var asked = await AskAsync(desk, context, code);
        return asked.Right ? null
            : asked.Wait is { } wait ? words["Too many attempts. Try again in {0} s.", Seconds(wait)]
            : words["The code is wrong, or was used before: wait for the next one."];
    }

    /// <returns>What is wrong with the code, for programs; null where it is right, and spent.</returns>
    public static async Task<ApiProblem?> ProblemAsync(this SignInDesk desk, HttpContext context, string? code)
    {
        var asked = await AskAsync(desk, context, code);
        return asked.Right ? null
            : new ApiProblem(asked.Wait is { } wait
                ? $"too many codes were wrong: the next one is looked at in {Seconds(wait)} s"
                : "the code is wrong, or was used before: wait for the next one");
    }

    private static double Seconds(TimeSpan wait) => Math.Ceiling(wait.TotalSeconds);

    private static Task<Confirmation> AskAsync(SignInDesk desk, HttpContext context, string? code) =>
        desk.ConfirmAsync(context.Session()!, code ?? "", context.RemoteAddress(), context.RequestAborted);
}

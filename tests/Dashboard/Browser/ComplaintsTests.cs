namespace Pipeline.Dashboard.Tests.Browser;

/// <summary>The browser tells what goes wrong in a page: tests that expect silence lean on it.</summary>
[Trait("speed", "server")]
public sealed class ComplaintsTests(SharedBrowser browser)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("<script>throw new Error('thrown here')</script>", "thrown here")]
    [InlineData("<script>console.error('said here')</script>", "said here")]
    [InlineData("<img src='http://127.0.0.1:1/nobody-answers'>", "nobody-answers")]
    public async Task What_goes_wrong_in_a_page_is_heard(string page, string complaint)
    {
        await using var open = await browser.OpenAsync(Cancelled);
        await open.GoAsync(new Uri("data:text/html," + Uri.EscapeDataString(page)), Cancelled);
        while (open.Complaints.All.Count == 0)
            await Task.Delay(50, Cancelled);
        Assert.Contains(complaint, string.Join('\n', open.Complaints.All));
    }
}

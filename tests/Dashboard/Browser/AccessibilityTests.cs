using Pipeline.Browser;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Dashboard.Tests.Browser;

/// <summary>Every page for who uses the keyboard, a screen reader, or eyes that need contrast.</summary>
[Trait("speed", "server")]
public sealed class AccessibilityTests(SharedWorld world, SharedBrowser browser)
{
    /// <summary>
    /// What is wrong in a page: fields, buttons, links, pictures, tables and headings without a name, names that point nowhere, an order of
    /// the keyboard that is not the page's, and text below the contrast of WCAG 2.2, 1.4.3: 4.5 to 1.
    /// </summary>
    private const string Complaints =
        """
        (() => {
          const wrong = [], all = selector => [...document.querySelectorAll(selector)];
          const say = (what, element) => wrong.push(`${what}: ${element.outerHTML.slice(0, 160)}`);
          if (all('h1').length !== 1) wrong.push(`${all('h1').length} headings of the first rank`);
          if (!all('main').length || !document.title || !['en', 'ko'].includes(document.documentElement.lang)) wrong.push('no main, title or language');
          const ids = all('[id]').map(element => element.id);
          for (const id of ids.filter((id, place) => ids.indexOf(id) !== place)) wrong.push(`id ${id} twice`);
          for (const element of all('[aria-labelledby], [aria-describedby]'))
            for (const id of `${element.getAttribute('aria-labelledby') ?? ''} ${element.getAttribute('aria-describedby') ?? ''}`.trim().split(/\s+/))
              if (!document.getElementById(id)) say(`nothing is called ${id}`, element);
          for (const element of all('input:not([type=hidden]), select, textarea'))
            if (!element.labels.length && !element.getAttribute('aria-label')) say('a field without a name', element);
          for (const element of all('a, button, summary, th'))
            if (!element.textContent.trim() && !element.getAttribute('aria-label')) say('nothing to read', element);
          for (const element of all('[role=img], progress'))
            if (!element.getAttribute('aria-label')) say('a picture without a name', element);
          for (const element of all('table'))
            if (!element.getAttribute('aria-labelledby') && !element.caption) say('a table without a name', element);
          for (const element of all('table'))
            if (!element.querySelector('th')) say('a table without headers', element);
          for (const element of all('[tabindex]'))
            if (element.tabIndex > 0) say('out of the order of the page', element);

          const numbers = color => color.match(/[\d.]+/g).map(Number);
          const light = ([r, g, b]) => [r, g, b].map(part => part / 255).map(part => part <= .04045 ? part / 12.92 : ((part + .055) / 1.055) ** 2.4)
            .reduce((sum, part, n) => sum + part * [.2126, .7152, .0722][n], 0);
          const behind = element => {
            for (; element; element = element.parentElement) {
              const color = numbers(getComputedStyle(element).backgroundColor);
              if (color.length < 4 || color[3] > 0) return color;
            }
            return [255, 255, 255];
          };
          for (const element of all('body *')) {
            const box = element.getBoundingClientRect();
            if (element.closest('svg, option, .hidden, .skip') || !box.width || ![...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue;
            const [one, other] = [light(numbers(getComputedStyle(element).color)), light(behind(element))].sort((a, b) => b - a);
            const contrast = (one + .05) / (other + .05);
            if (contrast < 4.5) say(`a contrast of ${contrast.toFixed(2)}`, element);
          }
          for (const element of all('input:not([type=hidden]):not([type=checkbox]), select, textarea, button')) {
            const edge = light(numbers(getComputedStyle(element).borderTopColor));
            // A button's edge may be its ground, if that stands out itself.
            for (const ground of (element.tagName === 'BUTTON' ? [] : [element]).concat(element.parentElement).map(behind).map(light)) {
              const [one, other] = [edge, ground].sort((a, b) => b - a);
              const contrast = (one + .05) / (other + .05);
              if (contrast < 3) say(`an edge of ${contrast.toFixed(2)}`, element);
            }
          }
          return wrong.join('\n');
        })()
        """;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("en", false)]
    [InlineData("ko", true)]
    public async Task Every_page_can_be_read_aloud_and_has_contrast(string language, bool dark)
    {
        await using var page = await browser.OpenAsync(Cancelled);
        await SignInAsync(page, $"reads-{language}");
        await page.ShowAsync(1_280, 900, dark, language, Cancelled);
        await CarryAsync(page, language);

        var wrong = new List<string>();
        foreach (string path in Pages())
        {
            await page.GoAsync(new Uri(world.Address, path), Cancelled);
            string complaints = (await page.EvaluateAsync(Complaints, Cancelled)).GetString()!;
            if (complaints.Length > 0)
                wrong.Add($"{path}\n{complaints}");
        }
        Assert.True(wrong.Count == 0, string.Join("\n\n", wrong));
        Assert.Equal([], page.Complaints.All);
    }

    /// <summary>The tests above lean on it.</summary>
    [Fact]
    public async Task What_is_wrong_in_a_page_is_found()
    {
        const string Page =
            """
            <body><h1>a</h1><h1 id=x>b</h1><p id=x tabindex=3 style="color:%23888;background:%23fff">pale</p><input><a href="/"></a><svg role=img></svg><table aria-labelledby=y><th></th></table><table></table><select style="border:1px solid %23ddd;background:%23fff"></select>
            """;
        await using var page = await browser.OpenAsync(Cancelled);
        await page.GoAsync(new Uri("data:text/html," + Page.Trim()), Cancelled);

        string complaints = (await page.EvaluateAsync(Complaints, Cancelled)).GetString()!;
        string[] expected =
        [
            "2 headings", "no main", "id x twice", "nothing is called y", "a field without a name", "nothing to read: <a", "nothing to read: <th", "a picture without a name", "a table without headers", "an edge of 1.3",
            "out of the order of the page", "a contrast of 3.5",
        ];
        Assert.All(expected, complaint => Assert.Contains(complaint, complaints));
    }

    [Fact]
    public async Task The_keyboard_reaches_the_content_at_once_and_everything_in_the_order_of_the_page()
    {
        await using var page = await browser.OpenAsync(Cancelled);
        await SignInAsync(page, "types");
        await page.GoAsync(new Uri(world.Address, "/jobs/popularity/run"), Cancelled);

        await page.PressAsync("Tab", 9, Cancelled);
        Assert.Equal("#main", (await page.EvaluateAsync("document.activeElement.getAttribute('href')", Cancelled)).GetString());
        await page.PressAsync("Enter", 13, Cancelled);
        await page.WaitAsync("location.hash === '#main' && document.activeElement.id === 'main'", Cancelled);

        // From here on: every link, field and button of the content, each with a ring around it.
        const string reachable = "[...document.querySelectorAll('main a, main input:not([type=hidden]), main button')]";
        int count = (await page.EvaluateAsync($"{reachable}.length", Cancelled)).GetInt32();
        Assert.True(count > 3);
        for (int place = 0; place < count; place++)
        {
            await page.PressAsync("Tab", 9, Cancelled);
            Assert.Equal(place, (await page.EvaluateAsync($"{reachable}.indexOf(document.activeElement)", Cancelled)).GetInt32());
            Assert.Equal("solid", (await page.EvaluateAsync("getComputedStyle(document.activeElement).outlineStyle", Cancelled)).GetString());
        }
    }

    /// <summary>Every page that there is, of the first of its kind.</summary>
    private static IEnumerable<string> Pages() => Routes.All
        .Where(route => route.Read is not (Need.Anyone or Need.Nothing) && route.Pattern is not ("/live" or "/hangfire/{**path}") && !route.Pattern.StartsWith(Routes.Api, StringComparison.Ordinal))
        .Select(route => route.Pattern.Replace("{id:long}", "1", StringComparison.Ordinal).Replace("{job}", "popularity", StringComparison.Ordinal))
        .Where(path => path != "/erasures/1")
        .Append("/why?user=42&region=KR").Append("/models/compare?id=1&id=1").Append("/sign-in");

    private async Task SignInAsync(BrowserPage page, string name) => await world.SignInAsync(page, await world.OperatorAsync(name, OperatorRole.Admin));

    private static Task CarryAsync(BrowserPage page, string language) =>
        page.CarryAsync(new Dictionary<string, string> { ["X-Forwarded-For"] = "10.1.99.99", ["Accept-Language"] = language }, Cancelled);
}

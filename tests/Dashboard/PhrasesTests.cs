using System.Net;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using Pipeline.Dashboard.Texts;
using Pipeline.Servers;

namespace Pipeline.Dashboard.Tests;

[Trait("speed", "fast")]
public sealed class PhrasesTests
{
    [Theory]
    [InlineData("the timetable", "시간표")]
    [InlineData("paused by ada since 2026-01-02 03:04:05 UTC", "ada 님이 2026-01-02 03:04 UTC부터 일시 중지함")]
    [InlineData("no heartbeat from vm/7/ab since 2026-01-02 03:04:05.678", "2026-01-02 03:04 UTC부터 vm/7/ab의 신호가 없음")]
    [InlineData("on vm/7/ab, for the timetable", "vm/7/ab에서, 요청: 시간표")]
    [InlineData("popularity: run 7 lost in attempt 1: no heartbeat from a since 2026-01-02 03:04:05.678", "popularity: 실행 7의 1번째 시도가 연락 끊김: 2026-01-02 03:04 UTC부터 a의 신호가 없음")]
    [InlineData("popularity: no run for 2026-01-02 03:04 UTC", "popularity: 2026-01-02 03:04 UTC의 실행이 없음")]
    [InlineData("champion: not worse: ndcg@10 0.2000 against 0.1900 for 1,200 members, difference +0.0100 (-0.0010 to +0.0210, 95 %), margin 0.0019 (1 %)",
        "챔피언: 나쁘지 않음: ndcg@10 0.2000, 상대 0.1900, 회원 1,200명, 차이 +0.0100 (-0.0010~+0.0210, 95 %), 허용 0.0019 (1 %)")]
    [InlineData("no list of generation 3; nothing popular in KR, 24h; nothing popular in ALL, 24h", "세대 3의 목록이 없음; KR, 24h 인기작 없음; ALL, 24h 인기작 없음")]
    [InlineData("no list of generation 3; nothing popular in KR, 24h: popular in ALL, 24h", "세대 3의 목록이 없음; KR, 24h 인기작 없음: ALL 인기작, 24h")]
    [InlineData("model 3", "모델 3")]
    [InlineData("model 3 went up in smoke", "model 3 went up in smoke")]
    [InlineData("TimeoutException: no answer", "TimeoutException: no answer")]
    [InlineData("paused by  since ", "paused by  since ")]
    [InlineData("cancelled by counting", "counting 님이 취소함")]
    [InlineData("member 0123456789abcdef0123456789abcdef", "회원 0123456789abcdef0123456789abcdef")]
    [InlineData("releaser", "배포자")]
    [InlineData("rank=many: expected rank=VALUE, ials d: numbers per member and per title; 1 to 1024", "rank=many: rank=값 형식이어야 합니다. ials d: 회원과 작품마다 두는 수의 개수; 1~1024")]
    [InlineData("attempts: expected a whole number\npause: expected a whole number", "attempts: 정수여야 합니다\npause: 정수여야 합니다")]
    [InlineData("there is no action 'fly'", "'fly'(이)라는 동작은 없습니다")]
    [InlineData("PIPELINE_ERASURE_KEY_FILE names another key than the one that members were erased under", "PIPELINE_ERASURE_KEY_FILE의 키가 회원을 삭제할 때 쓴 키와 다릅니다")]
    [InlineData("asked for: rank=8", "요청함: rank=8")]
    [InlineData("generation 3, model 2", "세대 3, 모델 2")]
    [InlineData("run 9 of promote-model", "promote-model의 실행 9")]
    [InlineData("ada, token 4", "ada, 토큰 4")]
    public void What_the_program_wrote_down_is_said_in_Korean_and_the_rest_as_it_is(string stored, string said) =>
        Assert.Equal(said, Text(stored, korean: true));

    [Fact]
    public void Times_are_the_reader_s_in_English_too_and_text_from_elsewhere_is_harmless()
    {
        Assert.Contains("<time datetime=\"2026-01-02T03:04:05.678Z\"", Html("no heartbeat from a since 2026-01-02 03:04:05.678", korean: false));
        Assert.Equal("asked for by ada", Text("asked for by ada", korean: false));
        foreach (bool korean in (bool[])[false, true])
            foreach (string form in Korean.Phrases.Keys)
            {
                string shown = Html(Regex.Replace(form, @"\{\d\}", "<script>alert(1)</script>\u202E\0"), korean);
                Assert.DoesNotContain("<script>", shown);
                Assert.DoesNotContain("\u202E", shown);
                Assert.DoesNotContain('\0', shown);
            }
    }

    [Fact]
    public void A_name_is_never_taken_for_a_phrase()
    {
        Assert.All(Korean.Phrases.Keys, form => Assert.True(form.Contains(' ') || Text(form, korean: true, name: true) == form));
    }

    /// <summary>Between its holes every form stands in a source of those that write it, and nothing is left over.</summary>
    [Fact]
    public void Every_form_is_written_by_some_room_and_has_its_holes_in_order()
    {
        string[] rooms = ["src/Jobs", "src/Storage", "src/Models", "src/Dashboard"];
        string sources = string.Join('\n', rooms.SelectMany(room => Directory.EnumerateFiles(Repository.PathOf(room), "*.*", SearchOption.AllDirectories))
            .Where(file => Path.GetExtension(file) is ".cs" or ".sql" && !Path.GetFileName(file).StartsWith("Korean.", StringComparison.Ordinal)).Select(File.ReadAllText));
        foreach (var (form, korean) in Korean.Phrases)
        {
            int holes = Regex.Count(form, @"\{\d\}");
            Assert.Equal(Enumerable.Range(0, holes), Regex.Matches(form, @"\{(\d)\}").Select(hole => int.Parse(hole.Groups[1].Value)));
            Assert.Equal(Enumerable.Range(0, holes), Regex.Matches(korean, @"\{(\d)\}").Select(hole => int.Parse(hole.Groups[1].Value)).Order());
            Assert.All(Regex.Split(form, @"[:;,]? *\{\d\}[:;,]? *|: |\b(failed|lost) ").Select(words => words.Trim(' ', '\'', '(', ')')).Where(words => words.Length > 4), words =>
                Assert.True(sources.Contains(words, StringComparison.Ordinal), $"'{words}' of '{form}' is written nowhere"));
        }
    }

    private static string Text(string stored, bool korean, bool name = false) => WebUtility.HtmlDecode(Regex.Replace(Html(stored, korean, name), "<[^>]+>", ""));

    private static string Html(string stored, bool korean, bool name = false)
    {
        using var html = new StringWriter();
        Phrases.Say(stored, korean, name).WriteTo(html, HtmlEncoder.Create(UnicodeRanges.All));
        return html.ToString();
    }
}

namespace Pipeline.Dashboard.Texts;

/// <summary>Korean, by the English that stands in the pages. Words are where their page is; those of several pages are here.</summary>
internal static partial class Korean
{
    private static readonly Dictionary<string, string> Everywhere = new(StringComparer.Ordinal)
    {
        ["Skip to the content"] = "본문으로 건너뛰기",
        ["Pages"] = "메뉴",
        ["Overview"] = "개요",
        ["Operators"] = "운영자",
        ["Audit"] = "감사 기록",
        ["Hangfire"] = "Hangfire",
        ["Sign out"] = "로그아웃",
        ["Viewer"] = "조회자",
        ["Scientist"] = "데이터 과학자",
        ["Releaser"] = "배포자",
        ["Admin"] = "관리자",
        ["Not live: no connection to the jobs worker. It is tried again."] = "실시간 아님: 작업 워커와 연결되지 않았습니다. 다시 시도하는 중입니다.",
        ["Not live: your session has ended. Load the page again to sign in."] = "실시간 아님: 세션이 끝났습니다. 페이지를 새로 고쳐 다시 로그인하세요.",
        ["Search"] = "검색",
        ["Older"] = "이전 기록",
        ["{0} s"] = "{0}초",
        ["{0} min"] = "{0}분",
        ["{0} h"] = "{0}시간",
        ["{0} d"] = "{0}일",
        ["Nothing fits."] = "해당하는 항목이 없습니다.",
    };

    private static readonly Lazy<IReadOnlyDictionary<string, string>> All = new(Join);

    /// <exception cref="ArgumentException">Two pages have the same words.</exception>
    public static IReadOnlyDictionary<string, string> Words => All.Value;

    private static Dictionary<string, string> Join()
    {
        Dictionary<string, string>[] pages = [Everywhere, Door, Jobs, Models, Data, Erasures, Parameters];
        return new Dictionary<string, string>(pages.SelectMany(page => page), StringComparer.Ordinal);
    }
}

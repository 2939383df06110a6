namespace Pipeline.Dashboard.Texts;

/// <summary>What the parameters of jobs mean, as the jobs say it.</summary>
internal static partial class Korean
{
    public static IReadOnlyDictionary<string, string> ParameterMeanings => Parameters;

    private static readonly Dictionary<string, string> Parameters = new(StringComparer.Ordinal)
    {
        // What they may be
        ["{0} to {1}"] = "{0}~{1}",
        ["ISO 8601 with offset"] = "시간대를 붙인 ISO 8601",
        ["such as ials.sigma=0.05"] = "예: ials.sigma=0.05",

        // Popularity
        ["titles per window and region"] = "기간·지역별 작품 수",
        ["end of all windows, now where not set"] = "모든 기간이 끝나는 시각. 정하지 않으면 지금",

        // Training
        ["auto to try what suits the data, or some of the algorithms, separated by commas"] = "auto이면 데이터에 맞는 것을 시험. 또는 쉼표로 나눈 알고리즘",
        ["settings of algorithms, separated by commas"] = "쉼표로 나눈 알고리즘 설정",
        ["ials d: numbers per member and per title"] = "ials d: 회원과 작품마다 두는 수의 개수",
        ["ials T: passes over the interactions"] = "ials T: 상호작용을 훑는 횟수",
        ["ials α₀: weight of a pair that nothing is known of"] = "ials α₀: 알려진 것이 없는 쌍의 가중치",
        ["ials λ: regularization, 0 to choose it from the data"] = "ials λ: 정규화. 0이면 데이터에서 고름",
        ["ials ν: how far regularization grows with a row's weight"] = "ials ν: 행의 가중치에 따라 정규화가 커지는 정도",
        ["the same seed and data give the same model"] = "시드와 데이터가 같으면 모델도 같음",
        ["titles per list"] = "목록당 작품 수",
        ["days of events to learn from"] = "학습에 쓰는 이벤트의 일수",
        ["age at which an interaction counts half, 0 for never"] = "상호작용을 절반으로 치는 나이(일). 0이면 줄이지 않음",
        ["what signals are worth, such as liked=2, separated by commas"] = "신호의 가중치. liked=2처럼 쓰고 쉼표로 나눔",
        ["days since release in which a title that nobody has watched is listed by what it is, if the model is ials; 0 for none"] =
            "아무도 보지 않은 작품을 공개 후 며칠 동안 작품 정보로 목록에 올릴지(모델이 ials일 때). 0이면 올리지 않음",
        ["end of the events to learn from, now where not set"] = "학습에 쓰는 이벤트가 끝나는 시각. 정하지 않으면 지금",
        ["settings to search of each algorithm, 0 for none"] = "알고리즘마다 탐색할 설정의 수. 0이면 탐색하지 않음",
        ["most time for the search, minutes"] = "탐색에 쓰는 최대 시간(분)",

        // The gate, promotion and lists
        ["share of the members that no model is trained on and that the gate asks, 0 to choose it from their number"] =
            "어떤 모델도 학습하지 않고 관문이 묻는 회원의 비율. 0이면 회원 수에서 고름",
        ["loss against the served model that counts as none, as a share"] = "서비스 중인 모델보다 나빠져도 같다고 치는 비율",
        ["the same for each slice of the members"] = "회원 집단마다 같은 비율",
        ["least share of the catalogue on lists"] = "목록에 오르는 작품의 최소 비율",
        ["greatest divergence of lists from histories, nats"] = "목록이 시청 이력에서 벗어나는 최대 정도(내트)",
        ["cost of a title that is like one of the list"] = "목록에 이미 있는 것과 비슷한 작품에 매기는 비용",
        ["cost of leaving the kinds of titles that the member watches"] = "회원이 보는 종류에서 벗어날 때 매기는 비용",
    };
}

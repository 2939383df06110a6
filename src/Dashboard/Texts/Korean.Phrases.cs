namespace Pipeline.Dashboard.Texts;

/// <summary>What other rooms write down, by the form in which they write it. Holes are numbered in the order of the English.</summary>
internal static partial class Korean
{
    public static IReadOnlyDictionary<string, string> Phrases { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        // Who
        ["the timetable"] = "시간표",
        ["the erasure watch"] = "삭제 감시",
        ["an unknown name"] = "모르는 이름",

        // The turns of a run
        ["on {0}, for {1}"] = "{0}에서, 요청: {1}",
        ["asked for by {0}"] = "{0} 님이 요청함",
        ["cancelled by {0}"] = "{0} 님이 취소함",
        ["stopped on request"] = "요청으로 중지됨",
        ["no heartbeat from {0} since {1}"] = "{1}부터 {0}의 신호가 없음",
        ["paused by {0} since {1}"] = "{0} 님이 {1}부터 일시 중지함",
        ["run {0} was still going on"] = "실행 {0}이(가) 아직 진행 중이었음",
        ["stopped: it took longer than its limit of {0}"] = "제한 시간 {0}을(를) 넘겨 중지됨",

        // Alarms
        ["{0}: run {1} failed in attempt {2}: {3}"] = "{0}: 실행 {1}의 {2}번째 시도가 실패함: {3}",
        ["{0}: run {1} lost in attempt {2}: {3}"] = "{0}: 실행 {1}의 {2}번째 시도가 연락 끊김: {3}",
        ["{0}: no run for {1}"] = "{0}: {1}의 실행이 없음",

        // Why a job had nothing to do, or published nothing
        ["nothing was watched in the {0} before {1}"] = "{1} 전 {0} 동안 시청 기록이 없음",
        ["it has no range: set from and to"] = "기간이 없음: from과 to를 정해야 함",
        ["no event in the range says what anybody likes"] = "기간 안에 취향을 말해 주는 이벤트가 없음",
        ["no model can be judged: {0}"] = "모델을 판단할 수 없음: {0}",
        ["{0}; readers keep the lists that they have"] = "{0}. 읽는 쪽은 지금 목록을 그대로 받음",
        ["model {0} is registered and not published: {1}"] = "모델 {0}은(는) 등록만 하고 게시하지 않음: {1}",
        ["model {0} is not promoted: {1}"] = "모델 {0}을(를) 승격하지 않음: {1}",
        ["model {0} is served already"] = "모델 {0}은(는) 이미 서비스 중",
        ["model {0} was trained on the members whom the gate would ask"] = "모델 {0}은(는) 관문이 물어볼 회원으로 학습됨",
        ["model {0} may have learned from a member who was erased since: train another"] = "모델 {0}은(는) 이후 삭제한 회원에게서 배웠을 수 있음: 새로 학습해야 함",
        ["model {0} cannot be read: {1}"] = "모델 {0}을(를) 읽을 수 없음: {1}",
        ["there is no model {0}"] = "모델 {0}이(가) 없음",
        ["there is no generation {0}"] = "세대 {0}이(가) 없음",
        ["generation {0} is served already"] = "세대 {0}은(는) 이미 서비스 중",
        ["generation {0} is {1}: its lists are not whole any more"] = "세대 {0}의 목록은 더 이상 온전하지 않음 ({1})",
        ["nobody has asked for erasure {0}"] = "아무도 삭제 {0}을(를) 요청하지 않음",
        ["erasure {0} is complete"] = "삭제 {0} 완료",

        // Where a run is
        ["reading events"] = "이벤트 읽는 중",
        ["searching settings of {0}"] = "{0}의 설정 탐색 중",
        ["training {0} candidates"] = "후보 {0}개 학습 중",
        ["training {0} on all but the members set aside"] = "따로 둔 회원을 뺀 전체로 {0} 학습 중",
        ["asking the gate"] = "관문 심사 중",
        ["counting"] = "집계 중",
        ["writing the history"] = "이력 쓰는 중",
        ["publishing"] = "게시 중",
        ["publishing: GenerationOpened"] = "게시 중: 세대를 엶",
        ["publishing: RowsWritten"] = "게시 중: 목록을 MySQL에 씀",
        ["publishing: RowsChecked"] = "게시 중: MySQL의 목록을 확인함",
        ["publishing: CacheFilled"] = "게시 중: Redis에 채움",
        ["publishing: PointerMoved"] = "게시 중: 포인터를 옮김",
        ["publishing: CachePointerMoved"] = "게시 중: Redis의 포인터를 옮김",
        ["publishing: Pruned"] = "게시 중: 옛 세대를 지움",
        ["pruning"] = "정리 중",
        ["hour {0} of {1}"] = "{1}시간 중 {0}번째",
        ["filling Redis with generation {0}"] = "세대 {0}을(를) Redis에 채우는 중",
        ["moving the pointer"] = "포인터 옮기는 중",
        ["barring the member"] = "회원 차단 중",
        ["deleting events"] = "이벤트 지우는 중",
        ["deleting lists"] = "목록 지우는 중",
        ["marking models"] = "모델 표시 중",
        ["writing the certificate"] = "증명서 쓰는 중",

        // The gate, and how a candidate was picked
        ["popularity: {0}"] = "인기도: {0}",
        ["champion: {0}"] = "챔피언: {0}",
        ["slice {0}: {1}"] = "집단 {0}: {1}",
        ["coverage: {0}"] = "범위: {0}",
        ["calibration: {0}"] = "보정: {0}",
        ["popularity"] = "인기도",
        ["champion"] = "챔피언",
        ["slice {0}"] = "집단 {0}",
        ["coverage"] = "범위",
        ["calibration"] = "보정",
        ["better: {0}"] = "더 나음: {0}",
        ["not better: {0}"] = "낫지 않음: {0}",
        ["not worse: {0}"] = "나쁘지 않음: {0}",
        ["worse: {0}"] = "더 나쁨: {0}",
        ["too few to tell: {0}"] = "판단하기에 너무 적음: {0}",
        ["not shown to be as good: {0}"] = "그만큼 좋다고 볼 수 없음: {0}",
        ["{0}, margin {1} ({2})"] = "{0}, 허용 {1} ({2})",
        ["{0} against {1} for {2} members, difference {3} ({4} to {5}, 95 %)"] = "{0}, 상대 {1}, 회원 {2}명, 차이 {3} ({4}~{5}, 95 %)",
        ["{0} nats, at most {1}"] = "{0}내트, 최대 {1}",
        ["{0}, at least {1}"] = "{0}, 최소 {1}",
        ["{0} has the highest {1} on the validation members, {2}; nothing else could be picked"] = "검증 회원에게 {0}의 {1}이(가) {2}(으)로 가장 높음. 다른 것은 고를 수 없었음",
        ["{0} has the highest {1} on the validation members, {2}: {3} over {4} ({5} to {6}, 95 %), {7}"] =
            "검증 회원에게 {0}의 {1}이(가) {2}(으)로 가장 높음: {4}보다 {3} ({5}~{6}, 95 %), {7}",
        ["more than chance"] = "우연 이상",
        ["no more than chance may give"] = "우연일 수 있음",

        // Where a list was looked for
        ["no generation is published"] = "게시된 세대가 없음",
        ["{0}: popular in {1}, {2}"] = "{0}: {1} 인기작, {2}",
        ["{0}; nothing popular in {1}, {2}; nothing popular in {3}, {4}"] = "{0}; {1}, {2} 인기작 없음; {3}, {4} 인기작 없음",
        ["{0}; nothing popular in {1}, {2}"] = "{0}; {1}, {2} 인기작 없음",
        ["no key in Redis for generation {0}"] = "Redis에 세대 {0}의 키가 없음",
        ["no list of generation {0}"] = "세대 {0}의 목록이 없음",

        // The audit
        ["run {0}"] = "실행 {0}",
        ["model {0}"] = "모델 {0}",
        ["generation {0}"] = "세대 {0}",
        ["erasure {0}"] = "삭제 {0}",
        ["alarm {0}"] = "경보 {0}",
        ["operator {0}"] = "운영자 {0}",
        ["session {0}"] = "세션 {0}",
        ["token {0}"] = "토큰 {0}",
        ["with a code"] = "인증 코드로",
        ["with a recovery code"] = "복구 코드로",
        ["cron {0}, attempts {1}, pause {2} s, limit {3} s, overlap {4}"] = "cron {0}, 시도 {1}, 대기 {2}초, 제한 {3}초, 겹치면 {4}",
        ["as in the timetable"] = "원래 시간표",
        ["member {0}, run {1}: {2} events, {3} refused events, {4} lists, {5} cached lists; {6} models marked"] =
            "회원 {0}, 실행 {1}: 이벤트 {2}개, 거부된 이벤트 {3}개, 목록 {4}개, 캐시 목록 {5}개, 표시한 모델 {6}개",

        // What is wrong with a wish
        ["expected a range that is over, the earlier time first"] = "이미 지난 기간을 앞선 시각부터 적어야 합니다",
        ["the range has no full hour in it"] = "기간 안에 온전한 한 시간이 없습니다",
        ["the range has more than {0} hours: take it in parts"] = "기간이 {0}시간을 넘습니다. 나누어 하세요",
        ["attempts: expected 1 to {0}"] = "시도 횟수: 1~{0}",
        ["pause: expected 1 to 21600 s"] = "대기: 1~21600초",
        ["limit: expected up to 604800 s, or 0 for any time"] = "제한: 604800초까지, 0이면 제한 없음",
        ["overlap: expected skip or queue"] = "겹칠 때: skip 또는 queue",
        ["'{0}' never comes"] = "'{0}'에 해당하는 시각이 없습니다",
        ["'{0}' is no cron expression of five fields (minute, hour, day, month, weekday): {1}"] = "'{0}'은(는) 다섯 칸(분, 시, 일, 월, 요일)의 cron 식이 아닙니다: {1}",
        ["there is an operator '{0}' already"] = "운영자 '{0}'이(가) 이미 있습니다",
        ["'{0}' cannot be an operator's name: expected {1}"] = "'{0}'은(는) 운영자 이름이 될 수 없습니다. {1}",
        ["2 to 32 lower-case letters, digits, dots, dashes or underscores, beginning with a letter"] = "영문 소문자로 시작하는 2~32자의 소문자, 숫자, 점, 붙임표, 밑줄",
        ["{0} is the last admin: make another one first"] = "{0} 님은 마지막 관리자입니다. 먼저 다른 관리자를 만드세요",
    };
}

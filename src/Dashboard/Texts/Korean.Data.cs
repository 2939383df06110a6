namespace Pipeline.Dashboard.Texts;

/// <summary>Ingest and servers.</summary>
internal static partial class Korean
{
    private static readonly Dictionary<string, string> Data = new(StringComparer.Ordinal)
    {
        // Ingest
        ["Ingest"] = "수집",
        ["The ingest worker at {0} does not answer:"] = "{0}의 수집 워커가 응답하지 않습니다:",
        ["No ingest worker has answered yet."] = "아직 응답한 수집 워커가 없습니다.",
        ["Lag"] = "지연",
        ["events not stored yet"] = "아직 저장되지 않은 이벤트",
        ["Lag over the last hour"] = "지난 한 시간의 지연",
        ["Events a second"] = "초당 이벤트",
        ["Events a second over the last hour, by outcome"] = "지난 한 시간의 초당 이벤트 (결과별)",
        ["stored"] = "저장",
        ["duplicate"] = "중복",
        ["refused"] = "거부",
        ["Lag by partition"] = "파티션별 지연",
        ["Partition"] = "파티션",
        ["Lag beside the greatest"] = "가장 큰 지연과의 비교",
        ["No partition is known yet: a worker tells the lag of one once it has read from it."] =
            "아직 알려진 파티션이 없습니다. 워커는 파티션에서 읽은 뒤부터 그 지연을 알립니다.",
        ["Refused events"] = "거부된 이벤트",
        ["The event store does not answer."] = "이벤트 저장소가 응답하지 않습니다.",
        ["Counts are of the last 24 hours."] = "지난 24시간의 수입니다.",
        ["Nothing was refused."] = "거부된 이벤트가 없습니다.",
        ["Refusal"] = "거부 코드",
        ["Where it stood"] = "위치",
        ["What it was"] = "내용",
        ["Replay"] = "다시 보내기",
        ["{0} bytes"] = "{0}바이트",
        ["{0} bytes: show the beginning"] = "{0}바이트: 앞부분 보기",
        ["Replay all {0}"] = "{0}개 모두 다시 보내기",
        ["Replay the newest {0}"] = "최신 {0}개 다시 보내기",
        ["All of this code until now that nobody has had replayed, whatever page they are on."] = "지금까지 이 코드로 거부되어 아직 다시 보내지 않은 모든 이벤트입니다. 다른 쪽에 있는 것도 포함합니다.",
        ["Nothing was heard since"] = "다음 시각부터 응답이 없습니다:",
        ["The rest is not shown."] = "나머지는 표시하지 않습니다.",
        ["replayed for {0}"] = "{0} 님의 요청으로 다시 보냄",
        ["waits for an ingest worker"] = "수집 워커를 기다리는 중",
        ["A replay sends the event to its topic once more, untouched. It is checked and counted like any other, and an event that was stored before counts once."] =
            "이벤트를 그대로 토픽에 다시 보냅니다. 다른 이벤트와 똑같이 검사하고 세며, 이미 저장된 이벤트는 한 번만 셉니다.",

        // Health
        ["Health"] = "상태",
        ["Steps of the schema"] = "스키마 단계",
        ["Applied"] = "적용",
        ["newer than this program"] = "이 프로그램보다 새것",
        ["no schema"] = "스키마 없음",
        ["Jobs workers"] = "작업 워커",
        ["Worker"] = "워커",
        ["Version"] = "버전",
        ["At a time"] = "동시 실행",
        ["Server"] = "서버",
        ["Answered in"] = "응답 시간",
        ["What it says"] = "응답 내용",
        ["answers"] = "응답함",
        ["silent"] = "응답 없음",
        ["trouble"] = "문제 있음",
        ["its head is missing: nothing that is audited can be done"] = "머리가 없습니다. 감사 기록에 남는 일은 할 수 없습니다",
        ["it ends with entry {0}, but entry {1} is anchored here: its end was cut off"] = "기록 {0}번에서 끝나지만 여기에는 {1}번까지 고정되어 있습니다. 끝이 잘렸습니다",
        ["entry {0} of {1} UTC and those after it are not anchored here"] = "{1} UTC의 기록 {0}번과 그 뒤의 기록이 여기에 고정되지 않았습니다",
        ["{0} entries, anchored here up to {1}"] = "기록 {0}개, 여기에는 {1}번까지 고정됨",
        ["The audit's row compares its chain with the anchors of the machine that answers; this walks along all of it:"] =
            "감사 기록 줄은 응답하는 컴퓨터에 고정된 값과 사슬을 견줍니다. 사슬 전체는 이 명령이 확인합니다:",
        ["not asked"] = "확인 안 함",
        ["{0} brokers"] = "브로커 {0}개",
        ["schema {0} ({1})"] = "스키마 {0} ({1})",
        ["generation {0}"] = "세대 {0}",
        ["lag {0}"] = "지연 {0}",
        ["healthy"] = "정상",
        ["unhealthy"] = "비정상",
        ["This worker was not told where it is: PIPELINE_KAFKA is not set."] = "이 워커는 주소를 모릅니다. PIPELINE_KAFKA가 설정되지 않았습니다.",
        ["Kafka's answer is to a request for its metadata; its protocol does not tell a version."] =
            "Kafka의 응답은 메타데이터 요청에 대한 것입니다. Kafka 프로토콜은 버전을 알려 주지 않습니다.",
    };
}

namespace Pipeline.Dashboard.Texts;

/// <summary>The pages about members who were erased.</summary>
internal static partial class Korean
{
    private static readonly Dictionary<string, string> Erasures = new(StringComparer.Ordinal)
    {
        ["Erasures"] = "삭제",
        ["Erasure {0}"] = "삭제 {0}",
        ["Erase a member"] = "회원 삭제",
        ["Erase for good"] = "영구 삭제",
        ["Events, refused events and lists of every kept generation are deleted, and whatever still comes of the member is discarded. It cannot be undone."] =
            "이벤트와 거부된 이벤트, 보관 중인 모든 세대의 목록을 삭제하고, 이 회원에 대해 나중에 들어오는 것은 버립니다. 되돌릴 수 없습니다.",
        ["Nobody was erased yet."] = "아직 삭제한 회원이 없습니다.",
        ["Member, as a digest"] = "회원(다이제스트)",
        ["Asked for"] = "요청",
        ["asked for"] = "요청됨",
        ["barred, being deleted"] = "차단됨, 삭제 중",
        ["complete"] = "완료",
        ["Complete"] = "완료",
        ["It is not complete: a run works on it, or will within minutes. This page becomes the certificate."] =
            "아직 끝나지 않았습니다. 실행이 처리 중이거나 몇 분 안에 처리합니다. 끝나면 이 페이지가 증명서가 됩니다.",
        ["Barred from taking in, training and publication"] = "수집·학습·게시 차단",
        ["What was deleted"] = "삭제한 것",
        ["Where"] = "위치",
        ["How many"] = "개수",
        ["events"] = "이벤트",
        ["bytes of refused events"] = "거부된 이벤트의 내용",
        ["lists of all kept generations"] = "보관 중인 모든 세대의 목록",
        ["models marked: they may have learned from the member, and are promoted no more"] = "표시한 모델: 이 회원에게서 배웠을 수 있어 더는 승격하지 않음",
        ["The digest is an HMAC of the member's id: who has the id and the key of erasures can tell that it is this member's. The id itself is not kept. Kafka's topics keep what they have until their retention ends; what is read from them again is discarded."] =
            "다이제스트는 회원 번호의 HMAC입니다. 번호와 삭제 키가 모두 있어야 이 회원의 것인지 알 수 있습니다. 번호 자체는 보관하지 않습니다. Kafka 토픽은 보존 기간이 끝날 때까지 가지고 있는 것을 유지하지만, 다시 읽은 것은 버립니다.",
        ["It may have learned from a member who was erased since {0}: it is promoted no more."] = "{0}에 삭제한 회원에게서 배웠을 수 있어 더는 승격하지 않습니다.",
        ["erased member"] = "삭제한 회원",
    };
}

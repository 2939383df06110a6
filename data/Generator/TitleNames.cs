namespace Pipeline.Generator;

/// <summary>Names in Korean and English, each pair once.</summary>
internal static class TitleNames
{
    private static readonly (string Ko, string En)[] First =
    [
        ("고요한", "Silent"), ("푸른", "Blue"), ("마지막", "Last"), ("잃어버린", "Lost"), ("붉은", "Crimson"), ("첫 번째", "First"),
        ("숨겨진", "Hidden"), ("부서진", "Broken"), ("황금", "Golden"), ("겨울", "Winter"), ("여름", "Summer"), ("달빛", "Moonlit"),
        ("위험한", "Dangerous"), ("달콤한", "Sweet"), ("낯선", "Strange"), ("영원한", "Eternal"), ("하얀", "White"), ("검은", "Black"),
        ("용감한", "Brave"), ("작은", "Little"), ("거대한", "Giant"), ("은밀한", "Secret"), ("빛나는", "Shining"), ("떠도는", "Wandering"),
        ("불타는", "Burning"), ("차가운", "Cold"), ("행복한", "Happy"), ("외로운", "Lonely"), ("새로운", "New"), ("오래된", "Ancient"),
        ("기묘한", "Curious"), ("아름다운", "Beautiful"), ("날카로운", "Sharp"), ("느린", "Slow"), ("빠른", "Swift"), ("깊은", "Deep"),
        ("높은", "High"), ("가까운", "Nearby"), ("머나먼", "Faraway"), ("엇갈린", "Crossed"),
    ];

    private static readonly (string Ko, string En)[] Second =
    [
        ("항구", "Harbor"), ("바다", "Sea"), ("도시", "City"), ("약속", "Promise"), ("기억", "Memory"), ("편지", "Letter"), ("정원", "Garden"),
        ("전쟁", "War"), ("왕국", "Kingdom"), ("비밀", "Secrets"), ("계절", "Season"), ("거리", "Street"), ("숲", "Forest"), ("섬", "Island"),
        ("강", "River"), ("산", "Mountain"), ("하늘", "Sky"), ("별", "Stars"), ("꿈", "Dream"), ("그림자", "Shadow"), ("목소리", "Voice"),
        ("시간", "Hours"), ("여행", "Journey"), ("학교", "School"), ("병원", "Hospital"), ("법정", "Courtroom"), ("부엌", "Kitchen"),
        ("경기", "Match"), ("노래", "Song"), ("춤", "Dance"), ("사냥꾼", "Hunter"), ("형사", "Detective"), ("의사", "Doctor"),
        ("요리사", "Chef"), ("탐험가", "Explorer"), ("친구", "Friends"), ("가족", "Family"), ("이웃", "Neighbors"), ("연인", "Lovers"),
        ("영웅", "Hero"), ("유령", "Ghost"), ("로봇", "Robot"), ("고양이", "Cat"), ("강아지", "Puppy"), ("용", "Dragon"), ("기차", "Train"),
        ("비행", "Flight"), ("폭풍", "Storm"), ("불꽃", "Flame"), ("거울", "Mirror"),
    ];

    /// <summary>Names that can be made before a number has to tell sequels apart.</summary>
    private static readonly int Pairs = First.Length * Second.Length;

    /// <param name="order">A number per title, each from 0 to the number of titles once.</param>
    public static (string Ko, string En) Of(int order)
    {
        // 1,009 shares no factor with the number of pairs: every pair comes once before any comes again.
        var pair = (int)((long)order * 1_009 % Pairs);
        var (first, second) = (First[pair % First.Length], Second[pair / First.Length]);
        var sequel = order / Pairs;
        return sequel == 0
            ? ($"{first.Ko} {second.Ko}", $"The {first.En} {second.En}")
            : ($"{first.Ko} {second.Ko} {sequel + 1}", $"The {first.En} {second.En} {sequel + 1}");
    }
}

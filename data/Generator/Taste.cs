namespace Pipeline.Generator;

/// <summary>
/// What is planted: a vector per member and per title, whose product is how much the one likes the other. Whole numbers, so that
/// every machine sums them to the same bits.
/// </summary>
public static class Taste
{
    public const int Latent = 8;
    public static readonly string[] Languages = ["ko", "en", "ja", "de", "fr", "es"];

    /// <summary>Length of a vector: the genres, the latent factors, the languages, and nothing that has no name.</summary>
    public static readonly int Length = Genre.Names.Count + Latent + Languages.Length;

    private const double Scale = 256;
    private const double GenreWeight = 1.0;
    private const double LatentWeight = 0.55;
    private const double LanguageWeight = 0.45;

    public static short[] OfTitle(ref Random64 random, ReadOnlySpan<int> genres, int language)
    {
        var vector = new short[Length];
        foreach (var genre in genres)
            vector[genre] = Fixed(1.0 / genres.Length);
        FillLatent(ref random, vector);
        vector[Genre.Names.Count + Latent + language] = Fixed(1);
        return vector;
    }

    public static void OfMember(ref Random64 random, string language, Span<short> vector)
    {
        vector.Clear();
        for (var genre = 0; genre < Genre.Names.Count; genre++)
            vector[genre] = Fixed(GenreWeight * random.Between(-1.2, 0.2));
        // Two or three genres that the member comes for.
        for (var liked = 2 + random.Below(2); liked > 0; liked--)
            vector[random.Below(Genre.Names.Count)] = Fixed(GenreWeight * random.Between(1.4, 2.6));
        FillLatent(ref random, vector);
        var own = Array.IndexOf(Languages, language);
        for (var i = 0; i < Languages.Length; i++)
            vector[Genre.Names.Count + Latent + i] = Fixed(LanguageWeight * (i == own ? random.Between(0.5, 1.5) : random.Between(-0.8, 0.4)));
    }

    public static double Product(ReadOnlySpan<short> member, ReadOnlySpan<short> title)
    {
        var sum = 0;
        for (var i = 0; i < title.Length; i++)
            sum += member[i] * title[i];
        return sum / (Scale * Scale);
    }

    private static void FillLatent(ref Random64 random, Span<short> vector)
    {
        for (var k = 0; k < Latent; k++)
            vector[Genre.Names.Count + k] = Fixed(LatentWeight * random.Normal());
    }

    private static short Fixed(double value) => (short)Math.Floor((value * Scale) + 0.5);
}

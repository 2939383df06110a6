using Pipeline.Models.Features;
using Pipeline.Models.Training;
using Pipeline.Models.Training.ItemToItem;

namespace Pipeline.Models.Tests.Training.ItemToItem;

[Trait("speed", "fast")]
public sealed class EaseMemoryTests
{
    [Fact]
    public void Forty_five_thousand_titles_fit_twenty_gibibytes()
    {
        Assert.True(EaseTrainer.MaxTitles >= 45_000);
        Assert.InRange(EaseTrainer.RequiredBytes(45_000), 8L << 30, 20L << 30);
    }

    [Theory]
    [InlineData(50_000, "20", "ease needs ")]
    [InlineData(2_000, "0.01", "2,000 titles; there are 0.0 GiB")]
    public void A_catalogue_beyond_the_memory_is_refused_before_anything_is_computed(int titles, string maxMemory, string message)
    {
        var trainer = Trainers.Create("ease", [new("max-memory", maxMemory)]);
        var users = Enumerable.Repeat(1L, titles).ToArray();
        var contents = Enumerable.Range(1, titles).Select(title => (long)title).ToArray();
        var data = InteractionMatrix.FromColumns(users, contents, [], []);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<AlgorithmSettingException>(() => trainer.Train(data, ComputeOptions.Default, null, TestContext.Current.CancellationToken));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains("Raise max-memory, leave out rare titles, or take item-knn or ials.", error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }
}

namespace Pipeline.Ingest.Tests;

[Trait("speed", "fast")]
public sealed class IngestSettingsTests
{
    [Fact]
    public void Without_variables_the_defaults_hold() => Assert.Equal(new IngestSettings(), IngestSettings.From(_ => null));

    [Fact]
    public void Variables_are_read_in_their_units()
    {
        var variables = new Dictionary<string, string>
        {
            ["PIPELINE_INGEST_HTTP"] = "http://0.0.0.0:9000",
            ["PIPELINE_INGEST_BATCH_EVENTS"] = "10",
            ["PIPELINE_INGEST_BATCH_AGE_MS"] = "20",
            ["PIPELINE_INGEST_DRAIN_MS"] = "0",
        };
        var settings = IngestSettings.From(variables.GetValueOrDefault);
        Assert.Equal(
            new IngestSettings { Http = "http://0.0.0.0:9000", BatchEvents = 10, BatchAge = TimeSpan.FromMilliseconds(20), Drain = TimeSpan.Zero },
            settings);
    }

    [Theory]
    [InlineData("PIPELINE_INGEST_HTTP", "8081")]
    [InlineData("PIPELINE_INGEST_BATCH_EVENTS", "0")]
    [InlineData("PIPELINE_INGEST_BATCH_EVENTS", "25001")]
    [InlineData("PIPELINE_INGEST_BATCH_BYTES", "1")]
    [InlineData("PIPELINE_INGEST_APPENDS", "nine")]
    [InlineData("PIPELINE_INGEST_SESSION_TIMEOUT_MS", "1000")]
    public void A_value_out_of_bounds_is_named(string name, string value)
    {
        var refusal = Assert.Throws<IngestSettingException>(() => IngestSettings.From(variable => variable == name ? value : null));
        Assert.Contains(name, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(value, refusal.Message, StringComparison.Ordinal);
    }
}

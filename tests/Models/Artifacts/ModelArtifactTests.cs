using System.Security.Cryptography;
using Pipeline.Models.Artifacts;
using Pipeline.Models.Training;

namespace Pipeline.Models.Tests.Artifacts;

[Trait("speed", "fast")]
public sealed class ModelArtifactTests
{
    /// <summary>What each version wrote when it was new. They stay as they are: later programs have to read them.</summary>
    private static string Golden(int version) => Path.Combine(AppContext.BaseDirectory, "Artifacts", $"golden-v{version}.model");

    [Fact]
    public void A_model_comes_back_as_it_was()
    {
        var (model, bytes, digest) = Written();
        var stored = ModelArtifact.Read(new MemoryStream(bytes));
        var read = Assert.IsType<ImplicitAlsModel>(stored.Model);
        Assert.Equal(model.Parameters, read.Parameters);
        Assert.Equal(model.Contents.Ids, read.Contents.Ids);
        for (var row = 0; row < model.ItemFactors.Rows; row++)
            Assert.Equal(model.ItemFactors[row], read.ItemFactors[row]);
        Assert.Equal("data", stored.DataDigest);
        Assert.Equal(digest, stored.Digest);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes.AsSpan(0, bytes.Length - 32))), digest);
    }

    [Fact]
    public void A_damaged_byte_is_found_wherever_it_is()
    {
        var (_, bytes, _) = Written();
        for (var position = 0; position < bytes.Length; position++)
        {
            foreach (var flip in new byte[] { 0x01, 0x80 })
            {
                bytes[position] ^= flip;
                Assert.Throws<ArtifactException>(() => ModelArtifact.Read(new MemoryStream(bytes)));
                Assert.Throws<ArtifactException>(() => ModelArtifact.Read(new OneWay(bytes)));
                bytes[position] ^= flip;
            }
        }
    }

    [Fact]
    public void A_file_cut_short_is_refused_wherever_it_ends()
    {
        var (_, bytes, _) = Written();
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<ArtifactException>(() => ModelArtifact.Read(new MemoryStream(bytes, 0, length)));
            Assert.Throws<ArtifactException>(() => ModelArtifact.Read(new OneWay(bytes.AsSpan(0, length).ToArray())));
        }
    }

    [Fact]
    public void Bytes_after_the_end_are_refused()
    {
        var (_, bytes, _) = Written();
        Assert.Throws<ArtifactException>(() => ModelArtifact.Read(new MemoryStream([.. bytes, 0])));
        Assert.Throws<ArtifactException>(() => ModelArtifact.Read(new OneWay([.. bytes, 0])));
    }

    [Fact]
    public void A_newer_version_is_refused_by_number()
    {
        var (_, bytes, _) = Written();
        bytes[8] = 3;
        var error = Assert.Throws<ArtifactException>(() => ModelArtifact.Read(new MemoryStream(bytes)));
        Assert.Contains("version 3", error.Message, StringComparison.Ordinal);
        Assert.Contains("up to version 2", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_golden_file_is_read_whatever_its_version(int version)
    {
        using var file = File.OpenRead(Golden(version));
        foreach (var stored in new[] { ModelArtifact.Read(new MemoryStream(File.ReadAllBytes(Golden(version)))), ModelArtifact.Map(file) })
        {
            var model = Assert.IsType<ImplicitAlsModel>(stored.Model);
            Assert.Equal([7, 11, long.MaxValue], model.Contents.Ids);
            Assert.Equal([1.5f, -2.25f], model.ItemFactors[0]);
            Assert.Equal([0f, 3e-20f], model.ItemFactors[2]);
            Assert.Equal(
                new ImplicitAlsParameters { Rank = 2, Iterations = 3, UnobservedWeight = 0.25, Regularization = 0.5, Seed = 9 },
                model.Parameters);
            Assert.Equal("golden data", stored.DataDigest);
        }
    }

    [Fact]
    public void A_mapped_file_that_is_damaged_is_refused()
    {
        var (_, bytes, _) = Written();
        var path = Path.Combine(Path.GetTempPath(), $"damaged-{Environment.ProcessId}.model");
        try
        {
            for (var position = 0; position < bytes.Length; position += 7)
            {
                bytes[position] ^= 0x10;
                File.WriteAllBytes(path, bytes);
                bytes[position] ^= 0x10;
                using var file = File.OpenRead(path);
                Assert.Throws<ArtifactException>(() => ModelArtifact.Map(file));
            }
            File.WriteAllBytes(path, bytes.AsSpan(0, bytes.Length - 5));
            using var cut = File.OpenRead(path);
            Assert.Throws<ArtifactException>(() => ModelArtifact.Map(cut));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static (ImplicitAlsModel Model, byte[] Bytes, string Digest) Written()
    {
        var parameters = new ImplicitAlsParameters { Rank = 3, Iterations = 1 };
        var model = ImplicitAls.Train(Generated.Checkerboard(10), parameters, ComputeOptions.Default, null, default).Model;
        var stream = new MemoryStream();
        var digest = ModelArtifact.Write(stream, model, "data");
        return (model, stream.ToArray(), digest);
    }

    /// <summary>A stream that does not know its length, as from a network.</summary>
    private sealed class OneWay(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}

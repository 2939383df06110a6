using System.Diagnostics;
using System.IO.Compression;
using System.Xml.Linq;
using Pipeline.Servers;

namespace Pipeline.JobStorage.Tests.Package;

/// <summary>What others would get of the library: packed as it was built for these tests.</summary>
[Trait("speed", "fast")]
public sealed class PackageTests
{
    [Fact]
    public async Task The_package_has_all_that_a_package_needs()
    {
        var folder = Directory.CreateTempSubdirectory("package-");
        try
        {
            await PackAsync(folder.FullName);
            await using var package = await ZipFile.OpenReadAsync(Assert.Single(folder.GetFiles("*.nupkg")).FullName, TestContext.Current.CancellationToken);
            string[] files = [.. package.Entries.Select(entry => entry.FullName)];
            Assert.Contains("README.md", files);
            Assert.Contains("lib/net10.0/Pipeline.JobStorage.dll", files);
            Assert.Contains("lib/net10.0/Pipeline.JobStorage.xml", files);
            var about = XDocument.Load(await package.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).OpenAsync(TestContext.Current.CancellationToken)).Root!;
            Assert.All((string[])["id", "version", "authors", "description", "license", "readme", "tags"], name => Assert.NotEmpty(Value(about, name)));
            // Nothing of ours, and nothing that only the build needs.
            Assert.Equal(
                ["Hangfire.Core", "MySqlConnector", "Newtonsoft.Json"],
                about.Descendants().Where(element => element.Name.LocalName == "dependency").Select(element => element.Attribute("id")!.Value).Order(StringComparer.Ordinal));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Value(XElement about, string name) => about.Descendants().Single(element => element.Name.LocalName == name).Value;

    private static async Task PackAsync(string to)
    {
        string configuration = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)).Name;
        var start = new ProcessStartInfo("dotnet", ["pack", Repository.PathOf("src/JobStorage/JobStorage.csproj"), "-c", configuration, "--no-build", "-o", to, "-nodeReuse:false"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        using var pack = Process.Start(start)!;
        string[] said = await Task.WhenAll(pack.StandardOutput.ReadToEndAsync(), pack.StandardError.ReadToEndAsync());
        await pack.WaitForExitAsync();
        Assert.True(pack.ExitCode == 0, string.Join('\n', said));
    }
}

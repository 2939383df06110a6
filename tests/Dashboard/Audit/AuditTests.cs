using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Pipeline.Storage.MySql;
using Pipeline.Storage.MySql.Audit;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Dashboard.Tests.Audit;

/// <summary>What tampering with the audit comes to.</summary>
[Trait("speed", "server")]
public sealed class AuditTests(OwnWorld world) : IClassFixture<OwnWorld>, IAsyncLifetime
{
    private const string Forged = "INSERT INTO audit_entry (sequence_no, happened_at, actor, address, action, subject, mac) ";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private AuditTrail Trail => world.Get<AuditTrail>();

    public async ValueTask InitializeAsync()
    {
        await world.ExecuteAsync("DELETE FROM operator");
        await BeginAsync();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Six entries, and no others.</summary>
    private async Task BeginAsync()
    {
        await world.ExecuteAsync("DELETE FROM audit_entry; REPLACE INTO audit_head (chain, sequence_no, mac) VALUES (1, 0, UNHEX(REPEAT('00', 32)))");
        if (Directory.Exists(world.Anchor))
            Directory.Delete(world.Anchor);
        File.Delete(world.Anchor);
        for (int i = 1; i <= 6; i++)
            await Trail.RecordAsync(new AuditEvent("ada", "10.0.0.1", "test", $"thing {i}", i % 2 == 0 ? null : "old", $"new {i}"), Cancelled);
    }

    [Fact]
    public async Task An_untouched_chain_is_whole_and_anchored() => Assert.Equal(new AuditFinding(6, 6, null), await VerifyAsync());

    [Theory]
    [InlineData("UPDATE audit_entry SET actor = 'eve' WHERE sequence_no = 3", "entry 3 was changed")]
    [InlineData("UPDATE audit_entry SET was = '' WHERE sequence_no = 4", "entry 4 was changed")]
    [InlineData("UPDATE audit_entry SET happened_at = happened_at + INTERVAL 1 SECOND WHERE sequence_no = 2", "entry 2 was changed")]
    [InlineData("UPDATE audit_entry SET actor = CONCAT(actor, 'x'), address = SUBSTRING(address, 2) WHERE sequence_no = 5", "entry 5 was changed")]
    [InlineData("DELETE FROM audit_entry WHERE sequence_no = 1", "entry 1 is missing")]
    [InlineData("DELETE FROM audit_entry WHERE sequence_no = 4", "entry 4 is missing")]
    [InlineData("DELETE FROM audit_entry WHERE sequence_no = 6", "entry 6 is missing")]
    [InlineData("UPDATE audit_entry SET sequence_no = CASE sequence_no WHEN 2 THEN -3 WHEN 3 THEN -2 END WHERE sequence_no IN (2, 3); UPDATE audit_entry SET sequence_no = -sequence_no WHERE sequence_no < 0", "entry 2 was changed")]
    [InlineData("DELETE FROM audit_entry WHERE sequence_no > 4; UPDATE audit_head SET sequence_no = 4, mac = (SELECT mac FROM audit_entry WHERE sequence_no = 4)", "entry 5 is missing: entries up to 6 are anchored")]
    [InlineData("UPDATE audit_head SET mac = UNHEX(REPEAT('ab', 32))", "entry 6 is not the one that the chain's head was made with")]
    [InlineData("DELETE FROM audit_entry; UPDATE audit_head SET sequence_no = 0, mac = UNHEX(REPEAT('00', 32))", "entry 1 is missing: entries up to 6 are anchored")]
    [InlineData(Forged + "VALUES (-1, UTC_TIMESTAMP(3), 'ada', '', 'test', 'forged', REPEAT('a', 32))", "entry -1 was never in the chain, which begins with entry 1")]
    [InlineData(Forged + "VALUES (0, UTC_TIMESTAMP(3), 'ada', '', 'test', 'forged', REPEAT('a', 32))", "entry 0 was never in the chain")]
    [InlineData(Forged + "VALUES (7, UTC_TIMESTAMP(3), 'ada', '', 'test', 'forged', REPEAT('a', 32))", "entry 7 was never in the chain, which ends with entry 6")]
    [InlineData(Forged + "VALUES (999999, UTC_TIMESTAMP(3), 'ada', '', 'test', 'forged', REPEAT('a', 32))", "entry 999999 was never in the chain")]
    [InlineData("DELETE FROM audit_head", "the chain's head is missing")]
    [InlineData("DELETE FROM audit_head; UPDATE audit_entry SET actor = 'eve' WHERE sequence_no = 3", "entry 3 was changed")]
    [InlineData("DELETE FROM audit_head; DELETE FROM audit_entry", "the chain's head is missing")]
    public async Task The_first_broken_entry_is_named(string tampering, string expected)
    {
        await world.ExecuteAsync(tampering);

        Assert.StartsWith(expected, (await VerifyAsync()).Fault);
    }

    [Fact]
    public async Task A_tail_that_was_cut_and_grown_again_is_found_by_its_anchor()
    {
        await world.ExecuteAsync(
            "DELETE FROM audit_entry WHERE sequence_no > 4; UPDATE audit_head SET sequence_no = 4, mac = (SELECT mac FROM audit_entry WHERE sequence_no = 4)");
        for (int i = 0; i < 3; i++)
            await Trail.RecordAsync(new AuditEvent("eve", "", "test", "another story"), Cancelled);

        Assert.StartsWith("entry 5 is not the one that is anchored", (await VerifyAsync()).Fault);
    }

    [Fact]
    public async Task A_damaged_anchor_is_named_by_its_line()
    {
        await File.AppendAllTextAsync(world.Anchor, "nonsense\n", Cancelled);

        Assert.Contains("line 7", (await Assert.ThrowsAsync<FormatException>(VerifyAsync)).Message);
    }

    [Fact]
    public async Task What_another_machine_has_written_is_anchored_here_too()
    {
        // A file that the world's own service does not write.
        string path = world.Anchor + "-elsewhere";
        File.Delete(path);
        var watch = new AnchorWatch(world.Get<Database>(), new AuditAnchor(path, TimeProvider.System, NullLogger<AuditAnchor>.Instance));
        Assert.Equal((6, 0, AnchorTrouble.None), await StandingAsync());

        await watch.CatchUpAsync(Cancelled);
        await watch.CatchUpAsync(Cancelled);
        Assert.Equal((6, 6, AnchorTrouble.None), await StandingAsync());
        Assert.Single(await File.ReadAllLinesAsync(path, Cancelled));
        await world.ExecuteAsync("DELETE FROM audit_entry WHERE sequence_no > 4; UPDATE audit_head SET sequence_no = 4, mac = (SELECT mac FROM audit_entry WHERE sequence_no = 4)");
        await watch.CatchUpAsync(Cancelled);
        Assert.Equal((4, 6, AnchorTrouble.Cut), await StandingAsync());

        async Task<(long, long, AnchorTrouble)> StandingAsync() => await watch.LookAsync(Cancelled) is var (last, anchored, trouble, _) ? (last, anchored, trouble) : default;
    }

    [Theory]
    [InlineData("DELETE FROM audit_head", true, AnchorTrouble.HeadMissing, "its head is missing")]
    [InlineData("UPDATE audit_head SET sequence_no = 4", true, AnchorTrouble.Cut, "it ends with entry 4, but entry 6 is anchored here")]
    [InlineData("UPDATE audit_entry SET happened_at = happened_at - INTERVAL 11 MINUTE", false, AnchorTrouble.Behind, "entry 1 of ")]
    [InlineData("UPDATE audit_entry SET happened_at = happened_at - INTERVAL 11 MINUTE", true, AnchorTrouble.None, "6 entries, anchored here up to 6")]
    public async Task Health_says_when_anchors_and_chain_part(string happened, bool isAnchored, AnchorTrouble expected, string said)
    {
        var viewer = await world.OperatorAsync("looking", OperatorRole.Viewer);
        using var inside = world.Visitor();
        inside.Cookies[Visitor.SessionCookie] = await world.SessionAsync(viewer);
        await BeginAsync();
        if (!isAnchored)
        {
            // Nobody can write a file there.
            File.Delete(world.Anchor);
            Directory.CreateDirectory(world.Anchor);
        }
        await world.ExecuteAsync(happened);

        Assert.Equal(expected, (await world.Get<AnchorWatch>().LookAsync(Cancelled)).Trouble);
        string page = WebUtility.HtmlDecode(await inside.PageAsync("/servers"));
        Assert.Contains(said, page);
        Assert.Equal(expected != AnchorTrouble.None, page.Contains("state trouble"));
    }

    [Fact]
    public async Task There_is_no_change_without_its_entry_and_no_entry_without_its_change()
    {
        await Assert.ThrowsAsync<OperatorException>(() => Trail.ChangeAsync<bool>(async (connection, transaction) =>
        {
            await Dapper.SqlMapper.ExecuteAsync(connection, "INSERT INTO operator (name, role, created_at) VALUES ('half', 'viewer', UTC_TIMESTAMP(3))", transaction: transaction);
            throw new OperatorException("half way");
        }, Cancelled));
        Assert.Equal(0, await world.ScalarAsync<int>("SELECT COUNT(*) FROM operator"));
        Assert.Equal(6, (await VerifyAsync()).Entries);

        // An entry that cannot be written takes its change with it.
        await world.ExecuteAsync("UPDATE audit_head SET sequence_no = 5");
        await Assert.ThrowsAsync<MySqlConnector.MySqlException>(() =>
            world.Get<Pipeline.Dashboard.SignIn.Enrolment>().AddAsync("half", OperatorRole.Viewer, new Actor("ada", ""), Cancelled));
        Assert.Equal(0, await world.ScalarAsync<int>("SELECT COUNT(*) FROM operator"));
    }

    [Fact]
    public async Task Entries_written_at_once_make_one_chain()
    {
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Trail.RecordAsync(new AuditEvent("ada", "", "test", $"at once {i}"), Cancelled)));

        Assert.Equal(new AuditFinding(46, 46, null), await VerifyAsync());
    }

    [Fact]
    public async Task Hostile_text_is_kept_whole_and_shown_harmlessly()
    {
        string[] hostile = ["<script>alert(1)</script>", "\u202Eevil\u0000", "a\ud800b", new string('가', 40_000), "'; DROP TABLE audit_entry; --", "{{7*7}} @Html.Raw(\"x\")"];
        foreach (string text in hostile)
            await Trail.RecordAsync(new AuditEvent(text, text, "test", text, text, text), Cancelled);
        Assert.Equal(new AuditFinding(12, 12, null), await VerifyAsync());

        var admin = await world.OperatorAsync("ada", OperatorRole.Admin);
        using var inside = await world.SignedInAsync(admin);
        string page = await inside.PageAsync("/audit");
        Assert.DoesNotContain("<script>alert", page);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", page);
        Assert.DoesNotContain("\u202E", page);
    }

    [Fact]
    public async Task The_page_finds_who_and_what()
    {
        var admin = await world.OperatorAsync("grace", OperatorRole.Admin);
        using var inside = await world.SignedInAsync(admin);

        string page = await inside.PageAsync("/audit?actor=grace&action=sign-in");
        Assert.Contains("with a code", page);
        Assert.DoesNotContain("thing 1", page);
        await inside.PageAsync("/audit?before=x", HttpStatusCode.OK);
    }

    private Task<AuditFinding> VerifyAsync() => world.Get<AuditVerifier>().VerifyAsync(Cancelled);
}

using System.Net;
using System.Net.Sockets;
using System.Text;
using Pipeline.Services.Local;

namespace Pipeline.Services.Tests.Local;

public sealed class WorkerTests
{
    private const int Pid = 4711;

    [Fact]
    public async Task It_answers_with_its_own_pid() => await CheckAsync("200 OK", """{"pid":4711,"status":"healthy"}""");

    [Theory]
    [InlineData("""{"pid":4712,"status":"healthy"}""")]
    [InlineData("""{"pid":"4711"}""")]
    [InlineData("""["pid"]""")]
    [InlineData("null")]
    [InlineData("<html>It works!</html>")]
    public async Task Whoever_else_answers_on_its_port_is_not_taken_for_it(string answer)
    {
        var error = await Assert.ThrowsAsync<ServerException>(() => CheckAsync("200 OK", answer));
        Assert.Contains("it is not the jobs worker 4711 that answers there", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_it_lacks_is_said()
    {
        var error = await Assert.ThrowsAsync<ServerException>(
            () => CheckAsync("503 Service Unavailable", """{"pid":4711,"mysql":"TimeoutException"}"""));
        Assert.Contains("TimeoutException", error.Message, StringComparison.Ordinal);
    }

    private static async Task CheckAsync(string status, string body)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = AnswerAsync(listener, $"HTTP/1.1 {status}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}");
        var worker = new Worker(Worker.Jobs, new Uri($"http://{listener.LocalEndpoint}/"), new Dictionary<string, string>());
        await worker.CheckAsync(Pid, TestContext.Current.CancellationToken);
        await answering;
    }

    private static async Task AnswerAsync(TcpListener listener, string answer)
    {
        using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { Length: > 0 })
        {
        }
        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), TestContext.Current.CancellationToken);
    }
}

using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Pipeline.Jobs.Hosting;
using Pipeline.Storage.MySql.Alarms;

namespace Pipeline.Jobs.Alarms;

/// <summary>
/// Delivers alarms by POST, signed as Standard Webhooks says (https://www.standardwebhooks.com): HMAC-SHA256 over id, time and body, so
/// that a receiver knows who sent it and can refuse what is old. A delivery that is not answered with 2xx is tried again with growing
/// pauses for about a day. A receiver may get an alarm twice, under the same id.
/// </summary>
internal sealed class AlarmWebhook(HttpClient client, WebhookSettings settings, AlarmStore alarms, TimeProvider clock, ILogger<AlarmWebhook> log)
{
    public const string IdHeader = "webhook-id";
    public const string TimestampHeader = "webhook-timestamp";
    public const string SignatureHeader = "webhook-signature";

    /// <summary>The pauses double from this; the eleventh ends after about 17 hours.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(30);

    private const int MostTries = 12;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>A node that dies with a delivery gives it up so late.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    /// <summary>Delivers what is due.</summary>
    /// <returns>How many deliveries were tried.</returns>
    public async Task<int> DeliverAsync(CancellationToken cancellationToken)
    {
        int tried = 0;
        for (; await alarms.TakeAsync(Lease, cancellationToken) is { } alarm; tried++)
        {
            if (await SendAsync(alarm, cancellationToken) is not { } fault)
            {
                await alarms.DeliveredAsync(alarm.AlarmId, cancellationToken);
                continue;
            }
            log.LogWarning("Alarm {Alarm} was not delivered in try {Try}: {Fault}", alarm.AlarmId, alarm.Tries, fault);
            var pause = alarm.Tries < MostTries ? FirstPause * Math.Pow(2, alarm.Tries - 1) : (TimeSpan?)null;
            await alarms.TryLaterAsync(alarm.AlarmId, fault, pause, cancellationToken);
        }
        return tried;
    }

    /// <summary>A client that goes nowhere but to the address that it was given: whoever answers with another one gets nothing signed there.</summary>
    public static HttpClient CreateClient() => new(new SocketsHttpHandler { AllowAutoRedirect = false });

    /// <summary>What a receiver compares with the header.</summary>
    public static string Sign(ReadOnlySpan<byte> key, string id, string timestamp, ReadOnlySpan<byte> body)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        mac.AppendData(Encoding.UTF8.GetBytes($"{id}.{timestamp}."));
        mac.AppendData(body);
        return "v1," + Convert.ToBase64String(mac.GetHashAndReset());
    }

    /// <returns>Null, or why it was not delivered.</returns>
    private async Task<string?> SendAsync(Alarm alarm, CancellationToken cancellationToken)
    {
        string id = $"alarm-{alarm.AlarmId}";
        string timestamp = clock.GetUtcNow().ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(new
        {
            type = $"alarm.{alarm.Kind}", timestamp = alarm.RaisedAt, data = new { alarm.Job, alarm.RunId, alarm.Message },
        }, JsonSerializerOptions.Web);
        using var request = new HttpRequestMessage(HttpMethod.Post, settings.Address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add(IdHeader, id);
        request.Headers.Add(TimestampHeader, timestamp);
        request.Headers.TryAddWithoutValidation(SignatureHeader, Sign(settings.Key.Span, id, timestamp, body));
        using var deadline = new CancellationTokenSource(Patience, clock);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, end.Token);
            return answer.IsSuccessStatusCode ? null : $"the receiver answered {(int)answer.StatusCode}";
        }
        catch (HttpRequestException error)
        {
            return $"{error.HttpRequestError}";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"no answer within {Patience.TotalSeconds} s";
        }
    }
}

/// <summary>Delivers alarms as they come.</summary>
internal sealed class AlarmDelivery(AlarmWebhook webhook, TimeProvider clock, ILogger<AlarmDelivery> log) : RepeatedService(Interval, clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected override Task WorkAsync(CancellationToken cancellationToken) => webhook.DeliverAsync(cancellationToken);

    /// <remarks>Alarms stay due.</remarks>
    protected override void Failed(Exception error) => log.LogError(error, "Alarms could not be delivered");
}

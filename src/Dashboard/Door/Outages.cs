using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using MongoDB.Driver;
using MySqlConnector;
using Pipeline.Dashboard.Api;
using Pipeline.Storage;
using Pipeline.Storage.Events;
using Pipeline.Storage.MySql;
using StackExchange.Redis;

namespace Pipeline.Dashboard.Door;

/// <summary>What a request is answered that meets a server that is away, or a fault of ours: pages by a page, programs by JSON.</summary>
internal static class Outages
{
    /// <summary>How long a request waits for a server: readers want to hear that it is away, and not to wait until it is back.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>When to ask again.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    public static IApplicationBuilder UseHaste(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        Haste.LimitTo(Patience);
        await next(context);
    });

    /// <summary>Before the door, which asks MySQL itself.</summary>
    public static ExceptionHandlerOptions ForPages() => Options(new ExceptionHandlerOptions { ExceptionHandlingPath = Routes.Problem, AllowStatusCode404Response = true });

    public static ExceptionHandlerOptions ForPrograms() => Options(new ExceptionHandlerOptions { ExceptionHandler = AnswerProgramAsync });

    /// <summary>Whether the request has met a fault already and only its answer is missing, which asks no server for anything.</summary>
    public static bool IsMet(HttpContext context) => context.Features.Get<IExceptionHandlerFeature>() is not null;

    /// <summary>The server that does not answer, by its name; null where that is not what happened.</summary>
    public static string? Server(Exception? error)
    {
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            string? server = cause switch
            {
                ServerAwayException away => away.Server,
                MySqlException weather when Database.IsBadWeather(weather) => "MySQL",
                RedisConnectionException or RedisTimeoutException => "Redis",
                EventStoreUnavailableException or MongoConnectionException => "MongoDB",
                _ => null,
            };
            if (server is not null)
                return server;
        }
        return null;
    }

    /// <summary>Tells when to ask again.</summary>
    public static void AskLater(HttpResponse response) => response.Headers.RetryAfter = RetryAfter.TotalSeconds.ToString(CultureInfo.InvariantCulture);

    private static ExceptionHandlerOptions Options(ExceptionHandlerOptions options)
    {
        options.StatusCodeSelector = error => error switch
        {
            BadHttpRequestException wrong => wrong.StatusCode,
            _ when Server(error) is not null => StatusCodes.Status503ServiceUnavailable,
            _ => StatusCodes.Status500InternalServerError,
        };
        // The stores have said in a line that a server is away; a stack for every page that is open says no more.
        options.SuppressDiagnosticsCallback = met => Server(met.Exception) is not null;
        return options;
    }

    private static Task AnswerProgramAsync(HttpContext context)
    {
        string? server = Server(context.Features.Get<IExceptionHandlerFeature>()?.Error);
        if (server is not null)
            AskLater(context.Response);
        string why = server is not null ? $"{server} does not answer" : "the request could not be answered; the log of the jobs worker says why";
        return context.Response.WriteAsJsonAsync(new ApiProblem(why), context.RequestAborted);
    }
}

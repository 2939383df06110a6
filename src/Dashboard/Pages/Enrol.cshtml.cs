using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Dashboard.Door;
using Pipeline.Dashboard.SignIn;

namespace Pipeline.Dashboard.Pages;

public sealed class EnrolModel(Enrolment enrolment) : PageModel
{
    public string? Name { get; private set; }

    public byte[]? Secret { get; private set; }

    /// <summary>In groups of four, for who types it.</summary>
    public string SecretText => string.Join(' ', Base32.Write(Secret).Chunk(4).Select(letters => new string(letters)));

    public string[]? RecoveryCodes { get; private set; }

    public string? Complaint { get; private set; }

    public Task OnGetAsync(string token) => ShowAsync(token);

    public async Task OnPostAsync(string token, [FromForm] string? password, [FromForm] string? code)
    {
        var enrolled = await enrolment.EnrolAsync(token, password ?? "", code ?? "", HttpContext.RemoteAddress(), HttpContext.RequestAborted);
        (RecoveryCodes, Complaint) = (enrolled.RecoveryCodes, enrolled.Complaint);
        if (RecoveryCodes is not null)
            return;
        await ShowAsync(token);
        if (Complaint is not null)
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
    }

    private async Task ShowAsync(string token)
    {
        if (await enrolment.FindAsync(token, HttpContext.RequestAborted) is var (name, secret))
            (Name, Secret) = (name, secret);
        else
            Response.StatusCode = StatusCodes.Status404NotFound;
    }
}

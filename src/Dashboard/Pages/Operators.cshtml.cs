using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Dashboard.Door;
using Pipeline.Dashboard.SignIn;
using Pipeline.Dashboard.Texts;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Dashboard.Pages;

public sealed class OperatorsModel(OperatorStore operators, Enrolment enrolment, SignInDesk desk, Words words) : PageModel
{
    public IReadOnlyList<ListedOperator> All { get; private set; } = [];

    /// <summary>Of the operator who was added, or could not be.</summary>
    public string? Name { get; private set; }

    public string? Link { get; private set; }

    public string? Complaint { get; private set; }

    public static string State(ListedOperator row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return row.DisabledAt is not null ? "disabled" : row.Enrolled ? "enrolled" : "invited";
    }

    public async Task OnGetAsync() => All = await operators.ListAsync(HttpContext.RequestAborted);

    public async Task OnPostAsync([FromForm] string? name, [FromForm] OperatorRole role, [FromForm] string? code)
    {
        Name = name?.Trim() ?? "";
        try
        {
            if (!ModelState.IsValid)
                Complaint = words["There is no such role."];
            else if ((Complaint = await desk.ComplaintAsync(HttpContext, code, words)) is null)
                Link = HttpContext.Address(await enrolment.AddAsync(Name, role, HttpContext.Actor(), HttpContext.RequestAborted));
        }
        catch (OperatorException error)
        {
            Complaint = error.Message;
        }
        if (Complaint is not null)
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        await OnGetAsync();
    }
}

using System.Text;
using Microsoft.AspNetCore.Html;
using QRCoder;

namespace Pipeline.Dashboard.SignIn;

/// <summary>A QR code as SVG, with the quiet zone that readers need: no image file, no script, no inline style.</summary>
internal static class QrSymbol
{
    public static IHtmlContent Svg(string text, string label)
    {
        using var generator = new QRCodeGenerator();
        using var symbol = generator.CreateQrCode(text, QRCodeGenerator.ECCLevel.M);
        var path = new StringBuilder();
        for (int y = 0; y < symbol.ModuleMatrix.Count; y++)
            for (int x = 0; x < symbol.ModuleMatrix[y].Count; x++)
                if (symbol.ModuleMatrix[y][x])
                    path.Append($"M{x} {y}h1v1h-1z");
        int size = symbol.ModuleMatrix.Count;
        string name = System.Text.Encodings.Web.HtmlEncoder.Default.Encode(label);
        return new HtmlString(
            $"<svg class=\"qr\" role=\"img\" aria-label=\"{name}\" viewBox=\"0 0 {size} {size}\" shape-rendering=\"crispEdges\">"
            + $"<rect width=\"{size}\" height=\"{size}\" fill=\"#fff\"/><path d=\"{path}\" fill=\"#000\"/></svg>");
    }
}

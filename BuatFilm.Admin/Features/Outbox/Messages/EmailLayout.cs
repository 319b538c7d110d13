using System.Globalization;
using System.Text;

namespace BuatFilm.Admin.Features.Outbox.Messages;

/// <summary>How all mails look.</summary>
/// <remarks>
/// Tables and inline styles, because mail programs know little else; the style sheet only adds narrow screens and
/// dark mode, and nothing is lost without it. No image and no address is loaded from anywhere.
/// </remarks>
internal static class EmailLayout
{
    private const string Shop = "BuatFilm";

    public static Html Html(EmailContent content) => Messages.Html.Of($$"""
        <!DOCTYPE html>
        <html lang="{{content.Texts.Language}}" dir="ltr">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="supported-color-schemes" content="light dark">
        <meta name="format-detection" content="telephone=no, date=no, address=no, email=no">
        <title>{{content.Subject}}</title>
        <style>
        :root { color-scheme: light dark; supported-color-schemes: light dark; }
        @media (max-width: 480px) {
          .outer { padding: 0 !important; }
          .card { border-radius: 0 !important; border: 0 !important; }
          .pad { padding-left: 20px !important; padding-right: 20px !important; }
          .amount { font-size: 26px !important; line-height: 34px !important; }
          .money { font-size: 14px !important; }
          .button { display: block !important; }
        }
        @media (prefers-color-scheme: dark) {
          body, .page { background-color: #100e14 !important; }
          .card { background-color: #1c1923 !important; border-color: #322d3d !important; }
          .ink { color: #f4f0fa !important; }
          .soft { color: #b3aac2 !important; }
          .rule { border-color: #322d3d !important; }
          .panel { background-color: #262230 !important; }
          .done { background-color: #143d2b !important; color: #8ee6b8 !important; }
          .open { background-color: #453510 !important; color: #ffd978 !important; }
          .link { color: #ffc94d !important; }
        }
        </style>
        </head>
        <body class="page" style="margin:0;padding:0;background-color:#f3f0ea;-webkit-text-size-adjust:100%;">
        <div style="display:none;max-height:0;overflow:hidden;font-size:1px;line-height:1px;color:#f3f0ea;opacity:0;">{{content.Preheader}}{{Filler}}</div>
        <table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" border="0" style="background-color:#f3f0ea;">
        <tr><td class="outer" align="center" style="padding:28px 12px;">
        <table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:600px;background-color:#ffffff;border:1px solid #e4dfd5;border-radius:14px;border-collapse:separate;overflow:hidden;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;">
        <tr><td class="pad" style="padding:22px 32px 18px;background-color:#17141d;color:#ffffff;font-size:22px;line-height:28px;font-weight:800;letter-spacing:-0.3px;">Buat<span style="color:#ffc02e;">Film</span></td></tr>
        <tr><td style="padding:0;background-color:#17141d;font-size:0;line-height:0;">{{Clapper}}</td></tr>
        <tr><td class="pad" style="padding:30px 32px 0;">
        <span class="{{(content.IsDone ? "done" : "open")}}" style="display:inline-block;padding:5px 12px;border-radius:999px;font-size:13px;line-height:18px;font-weight:700;{{BadgeColours(content.IsDone)}}">{{(content.IsDone ? "✓ " : "")}}{{content.Badge}}</span>
        <h1 class="ink" style="margin:14px 0 0;font-size:24px;line-height:31px;font-weight:800;letter-spacing:-0.3px;color:#17141d;">{{content.Heading}}</h1>
        <p class="ink" style="margin:18px 0 0;font-size:16px;line-height:25px;color:#2d2935;overflow-wrap:anywhere;word-break:break-word;">{{content.Greeting}}</p>
        <p class="ink" style="margin:8px 0 0;font-size:16px;line-height:25px;color:#2d2935;overflow-wrap:anywhere;word-break:break-word;">{{content.Intro}}</p>
        </td></tr>
        <tr><td class="pad" style="padding:24px 32px 0;">
        <table role="presentation" class="panel" width="100%" cellpadding="0" cellspacing="0" border="0" style="background-color:#f8f5ef;border-radius:12px;border-collapse:separate;table-layout:fixed;">
        <colgroup><col width="36%"><col width="64%"></colgroup>
        {{(content is { AmountLabel: { } label, Amount: { } amount } ? Amount(label, amount) : Messages.Html.Empty)}}
        {{Messages.Html.Concat(content.Facts.Select(Fact))}}
        <tr><td colspan="2" style="padding:0 0 8px;font-size:0;line-height:0;">&nbsp;</td></tr>
        </table>
        </td></tr>
        {{Messages.Html.Concat(content.Sections.Select(Section))}}
        {{(content.Action is { } action ? Button(action) : Messages.Html.Empty)}}
        {{(content.Items.Count > 0 ? Items(content) : Messages.Html.Empty)}}
        <tr><td class="pad" style="padding:24px 32px 30px;">
        <p class="soft" style="margin:0;font-size:14px;line-height:22px;color:#6d6577;overflow-wrap:anywhere;word-break:break-word;">{{content.Closing}}</p>
        </td></tr>
        <tr><td class="pad rule" style="padding:20px 32px 26px;border-top:1px solid #e9e4da;">
        <p class="soft" style="margin:0;font-size:12px;line-height:19px;color:#6d6577;"><strong class="ink" style="color:#2d2935;">{{Shop}}</strong> · {{content.Texts[content.Footer[0]]}}</p>
        {{Messages.Html.Concat(content.Footer.Skip(1).Select(line => FooterLine(content.Texts[line])))}}
        </td></tr>
        </table>
        </td></tr>
        </table>
        </body>
        </html>

        """);

    public static string Text(EmailContent content)
    {
        var text = new StringBuilder();
        Line(Shop.ToUpperInvariant());
        Line("");
        Line(content.Heading);
        Line("");
        Line(content.Greeting);
        Line(content.Intro);
        Line("");
        if (content.Amount is { } amount)
        {
            Line($"{content.AmountLabel}: {amount}");
        }

        foreach (var fact in content.Facts)
        {
            Line($"{fact.Label}: {fact.Value}");
        }

        foreach (var section in content.Sections)
        {
            Line("");
            Line(section.Heading);
            Line(section.Text);
        }

        if (content.Action is { } action)
        {
            Line("");
            Line($"{action.Label}:");
            Line(action.Address.AbsoluteUri);
        }

        if (content.Items.Count > 0)
        {
            Line("");
            Line(content.Texts[EmailText.ItemsHeading]);
            foreach (var item in content.Items)
            {
                Line($"- {item.Name}: {Times(item)} = {item.Subtotal}");
            }

            Line($"{content.Texts[EmailText.ItemsTotal]}: {content.Amount}");
        }

        Line("");
        Line(content.Closing);
        Line("");

        // Two hyphens and a blank: mail programs know what follows as a signature.
        Line("-- ");
        Line($"{Shop} · {content.Texts[content.Footer[0]]}");
        foreach (var line in content.Footer.Skip(1))
        {
            Line(content.Texts[line]);
        }

        return text.ToString();

        void Line(string line) => text.Append(line).Append('\n');
    }

    /// <summary>Keeps mail programs from showing the heading behind a short preheader.</summary>
    private static Html Filler { get; } = Messages.Html.Concat(Enumerable.Repeat(Messages.Html.Of($"&#847;&zwnj;&nbsp;"), 60));

    /// <summary>The stripes of a clapperboard.</summary>
    private static Html Clapper { get; } = Messages.Html.Of($"""
        <table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="table-layout:fixed;border-collapse:collapse;"><tr>{Messages.Html.Concat(Enumerable.Range(0, 15).Select(Stripe))}</tr></table>
        """);

    private static Html Stripe(int i) => i % 2 == 0
        ? Messages.Html.Of($"""<td style="height:8px;background-color:#ffc02e;font-size:0;line-height:8px;">&nbsp;</td>""")
        : Messages.Html.Of($"""<td style="height:8px;background-color:#17141d;font-size:0;line-height:8px;">&nbsp;</td>""");

    private static Html BadgeColours(bool isDone) => isDone
        ? Messages.Html.Of($"background-color:#dcf5e7;color:#0d5c36;")
        : Messages.Html.Of($"background-color:#fff0c9;color:#6b4a00;");

    private static Html Amount(string label, string amount) => Messages.Html.Of($"""
        <tr><td colspan="2" style="padding:20px 20px 16px;">
        <div class="soft" style="font-size:13px;line-height:18px;color:#6d6577;">{label}</div>
        <div class="ink amount" style="margin-top:2px;font-size:34px;line-height:42px;font-weight:800;letter-spacing:-0.6px;color:#17141d;">{amount}</div>
        </td></tr>
        """);

    private static Html Section(EmailSection section) => Messages.Html.Of($"""
        <tr><td class="pad" style="padding:24px 32px 0;">
        <h2 class="ink" style="margin:0 0 6px;font-size:16px;line-height:22px;font-weight:800;color:#17141d;">{section.Heading}</h2>
        <p class="ink" style="margin:0;font-size:15px;line-height:23px;color:#2d2935;overflow-wrap:anywhere;word-break:break-word;">{section.Text}</p>
        </td></tr>

        """);

    private static Html FooterLine(string text) => Messages.Html.Of($"""
        <p class="soft" style="margin:6px 0 0;font-size:12px;line-height:19px;color:#6d6577;">{text}</p>

        """);

    private static Html Fact(EmailFact fact) => Messages.Html.Of($"""
        <tr><td class="soft rule" width="36%" valign="top" style="padding:10px 8px 10px 20px;border-top:1px solid #e9e4da;font-size:14px;line-height:20px;color:#6d6577;">{fact.Label}</td><td class="ink rule" width="64%" valign="top" align="right" style="padding:10px 20px 10px 8px;border-top:1px solid #e9e4da;font-size:14px;line-height:20px;font-weight:600;color:#17141d;overflow-wrap:anywhere;word-break:break-word;">{fact.Value}</td></tr>

        """);

    private static Html Button(EmailAction action) => Messages.Html.Of($"""
        <tr><td class="pad" style="padding:26px 32px 0;" align="center">
        <a class="button" href="{action.Address.AbsoluteUri}" style="display:inline-block;padding:15px 44px;border-radius:10px;background-color:#ffc02e;color:#17141d;font-size:17px;line-height:22px;font-weight:800;text-align:center;text-decoration:none;">{action.Label}</a>
        <p class="soft" style="margin:16px 0 0;font-size:13px;line-height:20px;color:#6d6577;text-align:left;">{action.Fallback}<br><a class="link" href="{action.Address.AbsoluteUri}" style="color:#7a5200;overflow-wrap:anywhere;word-break:break-all;">{action.Address.AbsoluteUri}</a></p>
        </td></tr>

        """);

    private static Html Items(EmailContent content) => Messages.Html.Of($"""
        <tr><td class="pad" style="padding:28px 32px 0;">
        <h2 class="ink" style="margin:0 0 6px;font-size:16px;line-height:22px;font-weight:800;color:#17141d;">{content.Texts[EmailText.ItemsHeading]}</h2>
        <table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="table-layout:fixed;border-collapse:collapse;">
        {Messages.Html.Concat(content.Items.Select(Item))}<tr><td class="ink" width="50%" style="padding:12px 8px 0 0;font-size:15px;line-height:21px;font-weight:800;color:#17141d;">{content.Texts[EmailText.ItemsTotal]}</td><td class="ink money" width="50%" align="right" style="padding:12px 0 0;font-size:15px;line-height:21px;font-weight:800;color:#17141d;white-space:nowrap;">{content.Amount ?? ""}</td></tr>
        </table>
        </td></tr>

        """);

    private static Html Item(MessageItem item) => Messages.Html.Of($"""
        <tr><td class="ink rule" width="50%" valign="top" style="padding:11px 8px 11px 0;border-bottom:1px solid #e9e4da;font-size:15px;line-height:21px;color:#2d2935;overflow-wrap:anywhere;word-break:break-word;">{item.Name}<br><span class="soft" style="font-size:13px;line-height:19px;color:#6d6577;">{Times(item)}</span></td><td class="ink rule money" width="50%" valign="top" align="right" style="padding:11px 0;border-bottom:1px solid #e9e4da;font-size:15px;line-height:21px;color:#2d2935;white-space:nowrap;">{item.Subtotal.ToString()}</td></tr>

        """);

    private static string Times(MessageItem item) => string.Create(CultureInfo.InvariantCulture, $"{item.Quantity} × {item.Price}");
}

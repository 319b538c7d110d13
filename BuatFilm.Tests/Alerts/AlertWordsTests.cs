using System.Text.RegularExpressions;
using BuatFilm.Admin.Components;
using BuatFilm.Admin.Features.Alerts;
using BuatFilm.Admin.Features.Outbox.Messages;
using BuatFilm.Admin.Settings;
using BuatFilm.Core;
using BuatFilm.Core.Alerts;
using BuatFilm.Core.Degradation;
using BuatFilm.Core.Health;
using BuatFilm.Core.Orders;
using BuatFilm.Core.Outbox;
using BuatFilm.Tests.Architecture;
using BuatFilm.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Options;

namespace BuatFilm.Tests.Alerts;

public sealed partial class AlertWordsTests
{
    private static readonly DateTimeOffset RaisedAt = new(2026, 11, 23, 7, 2, 5, TimeSpan.Zero);

    public static TheoryData<string> Kinds => [.. AlertForm.All.Keys.Order(StringComparer.Ordinal), "brand_new"];

    [Fact]
    public void Kinds_RaisedAnywhere_HaveWords()
    {
        var raised = Arrow.Sources()
            .Where(path => path.EndsWith(".cs", StringComparison.Ordinal))
            .SelectMany(path => new[] { RaisedInCode(), RaisedByName(), RaisedInSql() }.SelectMany(form => form.Matches(File.ReadAllText(path))))
            .Select(match => match.Groups["kind"].Value)
            .Append(AlertRouting.Undeliverable).Append("messages_dead_lettered")

            // Made of the order's status, in SQL.
            .Append("queued_order_" + WireName<OrderStatus>.Of(OrderStatus.Expired)).Append("queued_order_" + WireName<OrderStatus>.Of(OrderStatus.Failed))

            // Written by the breakers' pump.
            .Append("breaker_opened").Append("service_misconfigured")
            .ToHashSet(StringComparer.Ordinal);

        Assert.Contains("double_payment", raised);
        Assert.Contains("hangfire_not_sweeping", raised);
        Assert.Contains("degradation_level", raised);
        Found.Nothing(raised.Where(kind => !AlertForm.All.ContainsKey(kind)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Words_OfEveryKind_SayWhatItIsWhatItMeansAndWhatToDo(string kind)
    {
        foreach (var texts in new[] { AlertTexts.Indonesian, AlertTexts.English })
        {
            foreach (var target in new[] { "smtp", "database", "midtrans", "whatsapp", "email", "webhook", "BF-2026-0001", null })
            {
                var words = Words().Of(Alert(kind, target), AlertNews.Raised, texts);

                Assert.All(
                    new[] { words.Subject, words.Title, words.What, words.Summary, words.Meaning, words.Action! },
                    text =>
                    {
                        Assert.False(string.IsNullOrWhiteSpace(text));
                        Assert.DoesNotMatch(@"[{}\r\n\t]", text);
                        Assert.DoesNotContain("  ", text, StringComparison.Ordinal);
                    });
                Assert.StartsWith("[BuatFilm] ", words.Subject, StringComparison.Ordinal);
                Assert.True(char.IsUpper(words.Title[0]) || !char.IsLetter(words.Title[0]), words.Title);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Texts_OfEveryKind_AreItsOwn(string kind)
    {
        var name = AlertForm.All.ContainsKey(kind) ? kind : "unknown";

        Assert.NotNull(AlertTexts.Indonesian.Find($"{name}.Title"));
        Assert.NotNull(AlertTexts.Indonesian.Find($"{name}.Summary"));
        Assert.NotNull(AlertTexts.Indonesian.Find($"{name}.Meaning", $"{name}.Meaning.severe", "Meaning.smtp"));
        Assert.NotNull(AlertTexts.Indonesian.Find($"{name}.Action", "Action.smtp"));
    }

    [Fact]
    public void Texts_BuiltFromWords_ExistForEveryWord()
    {
        var texts = AlertTexts.English;

        Assert.All(Enum.GetValues<ExternalService>().Select(ServiceName.Of), service => Assert.NotNull(texts.Find($"Service.{service}")));
        Assert.All(Enum.GetValues<ExternalService>().Select(ServiceName.Of), service => Assert.NotNull(texts.Find($"Meaning.{service}")));
        Assert.All(Enum.GetValues<ExternalService>().Select(ServiceName.Of), service => Assert.NotNull(texts.Find($"Action.{service}")));
        Assert.All(WireName<Channel>.All, channel => Assert.NotNull(texts.Find($"Channel.{channel}")));
        Assert.All(WireName<DegradationLevel>.All, level => Assert.NotNull(texts.Find($"Level.{level}")));
    }

    [Fact]
    public void Words_OfAnOutage_TellItsBeginningAndItsEndInIndonesian()
    {
        var begun = Words("https://admin.example.com/").Of(Alert("breaker_opened", "smtp"), AlertNews.Raised, AlertTexts.Indonesian);
        var over = Words().Of(Alert("breaker_opened", "smtp") with { ResolvedAt = RaisedAt.AddMinutes(7) }, AlertNews.Resolved, AlertTexts.Indonesian);
        var passed = Words().Of(Alert("breaker_opened", "database") with { ResolvedAt = RaisedAt.AddMinutes(7) }, AlertNews.Passed, AlertTexts.Indonesian);

        Assert.Equal("[BuatFilm] Gangguan: server email terputus", begun.Subject);
        Assert.EndsWith("Sejak 23 Nov 2026, 14.02.05 WIB.", begun.Summary, StringComparison.Ordinal);
        Assert.Contains("menunggu di antrean", begun.Meaning, StringComparison.Ordinal);
        Assert.Equal("https://admin.example.com/breakers", begun.Link!.AbsoluteUri);
        Assert.Equal("[BuatFilm] Pulih: server email tersambung kembali", over.Subject);
        Assert.EndsWith("Dari 23 Nov 2026, 14.02.05 WIB sampai 23 Nov 2026, 14.09.05 WIB (7 mnt).", over.Summary, StringComparison.Ordinal);
        Assert.Null(over.Action);
        Assert.Null(over.Link);
        Assert.Equal("[BuatFilm] Sudah pulih: basis data terputus", passed.Subject);
    }

    [Fact]
    public void Words_OfALevel_NameItAndItsCauses()
    {
        var data = new Dictionary<string, string> { ["level"] = "normal", ["worst"] = "severe", ["causes"] = "midtrans, smtp" };
        var alert = Alert("degradation_level", null) with { Data = data, ResolvedAt = RaisedAt.AddMinutes(1) };

        var passed = Words().Of(alert, AlertNews.Passed, AlertTexts.Indonesian);
        var over = Words().Of(alert, AlertNews.Resolved, AlertTexts.English);

        Assert.Equal("[BuatFilm] Sudah pulih: keadaan toko: gangguan berat (Midtrans, server email)", passed.Subject);
        Assert.StartsWith("Dua layanan", passed.Meaning, StringComparison.Ordinal);
        Assert.Equal("[BuatFilm] Recovered: the shop is back to normal", over.Subject);
    }

    [Fact]
    public void Words_OfWhatAPersonMustSettle_AskForIt()
    {
        var words = Words("https://admin.example.com/shop").Of(Alert("double_payment", "BF/1 2"), AlertNews.Raised, AlertTexts.Indonesian);

        Assert.Equal("[BuatFilm] Perlu tindakan: pesanan BF/1 2 dibayar lebih dari sekali", words.Subject);
        Assert.Equal("https://admin.example.com/shop/orders/BF%2F1%202", words.Link!.AbsoluteUri);
    }

    [Fact]
    public void Words_OfAnOrderCalledLikeAService_MeanTheOrder() =>
        Assert.Contains("order smtp", Words().Of(Alert("double_payment", "smtp"), AlertNews.Raised, AlertTexts.English).Subject, StringComparison.Ordinal);

    [Theory]
    [InlineData("a\r\nBcc: x@example.com", "a Bcc: x@example.com")]
    [InlineData("abc\u202Eexe", "abcexe")]
    [InlineData("{0}{1}", "{0}{1}")]
    public void Words_WithWhatOthersWrote_StayOneHarmlessLine(string foreign, string expected)
    {
        var data = new Dictionary<string, string> { ["code"] = foreign };

        var words = Words().Of(Alert("service_misconfigured", "smtp") with { Data = data }, AlertNews.Raised, AlertTexts.English);

        Assert.Contains($"({expected})", words.What, StringComparison.Ordinal);
        Assert.DoesNotContain(words.Summary, character => char.IsControl(character) || character == '\u202E');
    }

    [Theory]
    [InlineData("raised", "Peringatan")]
    [InlineData("resolved", "Sudah berakhir")]
    public void Mail_OfAnAlert_SaysEverythingInBothParts(string @event, string badge)
    {
        var mail = EmailRenderer.Render(new OutboundMessage(1, Guid.NewGuid(), null, "alert", Channel.Email, "ops@buatfilm.test", "id", MailData(@event), 1));

        Assert.Equal("[BuatFilm] Gangguan: server email terputus", mail.Subject);
        Assert.Equal("ops@buatfilm.test", mail.Recipient);
        string[] parts = ["Server email terputus", "Panggilan gagal.", "Email menunggu.", "Periksa server email.", "Dampak bagi pelanggan", "23 November 2026 pukul 14.02 WIB", "https://admin.example.com/breakers"];
        var html = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(mail.Html);
        Assert.All(parts, part => Assert.Contains(part, mail.Text, StringComparison.Ordinal));
        Assert.All(parts, part => Assert.Contains(part, html.Body!.TextContent, StringComparison.Ordinal));
        Assert.Contains(badge, html.Body!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("Rp", mail.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("karena ada pesanan", mail.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Mail_WithMarkupInItsWords_ShowsItAsText()
    {
        var data = MailData("raised");
        data["what"] = data["title"] = data["meaning"] = "<img src=x onerror=alert(1)>\r\n\u202E";

        var mail = EmailRenderer.Render(new OutboundMessage(1, Guid.NewGuid(), null, "alert", Channel.Email, "ops@buatfilm.test", "id", data, 1));

        var html = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(mail.Html);
        Assert.Empty(html.QuerySelectorAll("img"));
        Assert.Contains("<img src=x onerror=alert(1)>", html.Body!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain('\u202E', mail.Html + mail.Text);
    }

    private static Dictionary<string, string> MailData(string @event) => new(StringComparer.Ordinal)
    {
        ["event"] = @event,
        ["severity"] = "warning",
        ["subject"] = "[BuatFilm] Gangguan: server email terputus",
        ["title"] = "Server email terputus",
        ["what"] = "Panggilan gagal.",
        ["summary"] = "Panggilan gagal. Sejak 14.02.",
        ["meaning"] = "Email menunggu.",
        ["action"] = "Periksa server email.",
        ["raisedAt"] = "2026-11-23T07:02:05.0000000+00:00",
        ["resolvedAt"] = "2026-11-23T07:09:05.0000000+00:00",
        ["occurrences"] = "3",
        ["link"] = "https://admin.example.com/breakers",
    };

    internal static AlertWords Words(string? publicBaseUrl = null)
    {
        var services = new ServiceCollection().AddLogging().AddLocalization().BuildServiceProvider();
        return new AlertWords(services.GetRequiredService<IStringLocalizer<ComponentTexts>>(), Options.Create(new PublicAddress { BaseUrl = publicBaseUrl }));
    }

    private static AlertFacts Alert(string kind, string? target) => new(
        1,
        kind,
        AlertSeverity.Warning,
        target,
        new Dictionary<string, string> { ["count"] = "3", ["codes"] = "550 × 3", ["level"] = "severe", ["worst"] = "severe", ["causes"] = "midtrans, smtp" },
        RaisedAt,
        null,
        1);

    // "kind", AlertSeverity.X, in whichever call.
    [GeneratedRegex(@"""(?<kind>[a-z_]+)"",\s*AlertSeverity\.", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex RaisedInCode();

    // A constant that the call names.
    [GeneratedRegex(@"const string Alert(Kind|Key) = ""(?<kind>[a-z_]+)""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex RaisedByName();

    [GeneratedRegex(@"insert into alerts[^;]*?(values|select)\s*\(?\s*'(?<kind>[a-z_]+[a-z])'\s*,", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex RaisedInSql();
}

using BuatFilm.Core;
using BuatFilm.Core.Alerts;
using BuatFilm.Core.Outbox;

namespace BuatFilm.Tests.Alerts;

public sealed class AlertRoutingTests
{
    private static readonly AlertTopic Any = new("double_payment", ["BF-1"], IsResolved: false);

    [Theory]
    [InlineData("email whatsapp webhook", "email webhook")]
    [InlineData("email! whatsapp webhook", "whatsapp webhook")]
    [InlineData("email! whatsapp! webhook", "webhook")]
    [InlineData("email! whatsapp!", "")]
    [InlineData("email", "email")]
    [InlineData("whatsapp", "whatsapp")]
    [InlineData("", "")]
    public void First_ByWhatWorks_IsOneForPeopleAndTheWebhook(string channels, string expected) =>
        Assert.Equal(expected, Words(AlertRouting.First(Any, Channels(channels), [])));

    [Theory]
    [InlineData("smtp", false, "whatsapp webhook")]
    [InlineData("smtp", true, "email webhook")]
    [InlineData("whatsapp", false, "email webhook")]
    [InlineData("midtrans", false, "email webhook")]
    public void First_OfAnAlertAboutAChannelsService_GoesAnotherWayWhileItLasts(string target, bool isResolved, string expected) =>
        Assert.Equal(expected, Words(AlertRouting.First(new AlertTopic("breaker_opened", [target], isResolved), Channels("email whatsapp webhook"), [])));

    [Fact]
    public void First_AboutTheOnlyChannel_Waits() =>
        Assert.Empty(AlertRouting.First(new AlertTopic("degradation_level", ["midtrans", "smtp"], false), Channels("email"), []));

    [Theory]
    [InlineData("whatsapp webhook", "email whatsapp webhook", "whatsapp webhook")]
    [InlineData("email whatsapp", "email whatsapp webhook", "email whatsapp webhook")]
    [InlineData("whatsapp", "email whatsapp!", "email")]
    [InlineData("webhook", "email! whatsapp! webhook", "webhook")]
    public void First_OfTheEnd_GoesToWhomWasToldOfTheBeginning(string told, string channels, string expected) =>
        Assert.Equal(expected, Words(AlertRouting.First(Any with { IsResolved = true }, Channels(channels), [.. Channels(told).Select(channel => channel.Channel)])));

    [Theory]
    [InlineData("email", "email whatsapp webhook", "whatsapp")]
    [InlineData("email webhook", "email whatsapp webhook", "whatsapp")]
    [InlineData("email", "email whatsapp! webhook", "webhook")]
    [InlineData("webhook", "email whatsapp webhook", "email")]
    [InlineData("email whatsapp webhook", "email whatsapp webhook", null)]
    [InlineData("email", "email whatsapp!", null)]
    public void Next_AfterWhatWasTried_IsTheNextThatWorks(string tried, string channels, string? expected)
    {
        var next = AlertRouting.Next(Any, Channels(channels), [.. Channels(tried).Select(channel => channel.Channel)]);

        Assert.Equal(expected, next is { } channel ? WireName<Channel>.Of(channel) : null);
    }

    [Fact]
    public void First_OfAlertsThatDidNotArrive_TriesTheOtherChannelAndElseTheSameForItsOtherRecipients()
    {
        var topic = new AlertTopic(AlertRouting.Undeliverable, ["email"], false);

        Assert.Equal("whatsapp", Words(AlertRouting.First(topic, Channels("email whatsapp"), [])));
        Assert.Equal("email", Words(AlertRouting.First(topic, Channels("email"), [])));
    }

    [Theory]
    [InlineData(false, false, AlertNews.Raised, AlertNoticeKind.Raised)]
    [InlineData(false, true, AlertNews.Passed, AlertNoticeKind.Resolved)]
    [InlineData(true, true, AlertNews.Resolved, AlertNoticeKind.Resolved)]
    public void NewsOf_ByWhatWasTold_IsWhatIsLeft(bool wasTold, bool isResolved, AlertNews news, AlertNoticeKind kind)
    {
        Assert.Equal(news, AlertTelling.NewsOf(wasTold, isResolved));
        Assert.Equal(kind, AlertTelling.KindOf(news));
    }

    /// <summary>Channels by name; an exclamation mark for one whose service is down.</summary>
    private static List<AlertChannel> Channels(string names) =>
    [
        .. names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name =>
        {
            var channel = WireName<Channel>.Parse(name.TrimEnd('!'));
            ExternalService? service = channel switch
            {
                Channel.Email => ExternalService.Smtp,
                Channel.Whatsapp => ExternalService.WhatsApp,
                Channel.Webhook => null,
            };

            return new AlertChannel(channel, service, !name.EndsWith('!'));
        }),
    ];

    private static string Words(IEnumerable<Channel> channels) => string.Join(' ', channels.Select(WireName<Channel>.Of));
}

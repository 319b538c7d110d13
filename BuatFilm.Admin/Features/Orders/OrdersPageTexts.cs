namespace BuatFilm.Admin.Features.Orders;

/// <summary>Names the texts of the list of orders and of an order's own page: <c>OrdersPageTexts.resx</c> in Indonesian, <c>OrdersPageTexts.en.resx</c> in English.</summary>
public sealed class OrdersPageTexts;

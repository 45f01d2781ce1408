"""What a house asks of people: drafted, sent once, followed, told again to those who have not answered, offered to newcomers."""

"""Words in, what kind of name they are out: given names, places and their people, and institutions that are known.

Lists, not a model: the commonest of each in news. A name that is missing here is still found by what stands around it.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _lines(text: str) -> frozenset[str]:
    return frozenset(" ".join(part.split()) for part in text.split(",") if part.strip())


GIVEN = _words("""
Aaron Abdel Abdul Abdullah Abe Abigail Abraham Adam Adele Adrian Ahmad Ahmed Aidan Aisha Ajay Akira Alain Alan Albert
Alejandro Aleksandr Aleksei Alessandro Alex Alexander Alexandra Alexandre Alexandria Alexei Alexey Alexis Alfred Ali
Alice Alicia Alison Alistair Allison Amanda Amber Amelia Amina Amir Amit Amy Ana Anastasia Anatoly Anders Andre Andrea
Andreas Andrei Andres Andrew Andrey Andrzej Andy Angela Angelina Angus Anil Anita Anna Anne Annie Anthony Anton
Antonio António Anwar Ari Ariana Arjun Arnold Arthur Artur Ashley Astrid Audrey Aung Austin Ayman Barack Barbara Barry
Bart Bashar Beatrice Ben Benedict Benjamin Bernard Bernie Bert Beth Betty Bill Bjorn Bob Bobby Boris Brad Bradley
Brandon Brenda Brendan Brett Brian Bridget Bruce Bruno Bryan Caitlin Cameron Carl Carla Carlo Carlos Carmen Carol
Caroline Catherine Cecilia Charles Charlie Charlotte Chen Cheryl Chloe Chris Christian Christina Christine Christoph
Christophe Christopher Chuck Claire Clara Claude Claudia Claus Clive Colin Connor Conor Craig Cristina Curtis Cynthia
Daisy Dale Damien Dan Daniel Daniela Daniele Danny Daria Darren Dave David Deborah Denis Dennis Derek Diana Diane
Didier Diego Dieter Dimitri Dirk Dmitri Dmitriy Dmitry Dominic Dominik Dominique Don Donald Donna Dora Doris Dorothy
Doug Douglas Duncan Dylan Earl Ebrahim Ed Eddie Edgar Eduardo Edward Edwin Eileen Elaine Eleanor Elena Eli Elias Elise
Elizabeth Ella Ellen Elliot Elon Elsa Emil Emily Emma Emmanuel Enrico Enrique Eric Erica Erik Erin Ernest Ernesto
Ethan Eugene Eva Evan Evelyn Evgeny Faisal Farid Fatima Felipe Felix Ferdinand Fernando Fiona Florian Frances
Francesca Francesco Francis Francisco Franck Francois Frank Franz François Fred Frederic Frederick Friedrich Gabriel
Gabriela Gareth Gary Gavin Gemma Gennady Geoff Geoffrey George Georgia Gerald Gerard Gerhard Giancarlo Gilbert Gina
Giorgia Giorgio Giovanni Giulia Giuseppe Gloria Gordon Grace Graham Greg Gregory Greta Grigory Guido Guillermo Gustavo
Guy Gwynne Hakan Hamid Hannah Hans Harold Harriet Harry Hasan Hassan Heather Hector Heidi Heinrich Helen Helena Helmut
Henri Henrik Henry Herbert Herman Hillary Hiroshi Holly Howard Hugh Hugo Hussein Ian Ibrahim Igor Ilya Imran Ines
Ingrid Irene Irina Isaac Isabel Isabella Ismail Ivan Ivanka Jack Jackie Jacob Jacqueline Jacques Jair Jake Jakob James
Jamie Jan Jane Janet Janine Jared Jason Javier Jay Jean Jeff Jeffrey Jennifer Jenny Jens Jeremy Jerome Jerry Jesse
Jessica Jim Jimmy Joachim Joan Joanna Joe Joel Johan Johannes John Johnny Jon Jonas Jonathan Jordan Jorge Jose Josef
Josep Joseph Josh Joshua José Joyce Juan Judith Julia Julian Julie Juliet Julius Jun Justin Jürgen Kamala Karen Karim
Karin Karl Karoline Kate Katherine Kathleen Kathryn Katie Katrina Keir Keith Kelly Ken Kenji Kenneth Kevin Khaled
Khalid Kiran Kirsten Klaus Konstantin Kristen Kristina Krzysztof Kurt Kyle Lana Lara Larry Lars Laura Lauren Laurence
Laurent Lea Lee Leila Lena Leo Leon Leonard Leonardo Leonid Leslie Lewis Liam Lidia Lily Linda Lionel Lisa Liz Lloyd
Lorenzo Louis Louise Luc Luca Lucas Lucia Lucy Ludmila Luis Luisa Luiz Luka Lukas Luke Lydia Lyudmila Maduro Maggie
Magnus Mahmoud Malcolm Manuel Marc Marcel Marcelo Marco Marcos Marcus Margaret Margarita Maria Mariam Marie Marina
Marine Mario Marion Marjorie Mark Marko Markus Martha Martin Martina Marvin Mary Maryam María Masoud Mateusz Mathias
Matilda Matt Matteo Matthew Matthias Maurice Mauricio Max Maxim Maximilian Maya Megan Mehmet Melania Melanie Melissa
Mia Michael Michaela Michel Michele Michelle Miguel Mihail Mike Mikhail Milan Milos Mira Miriam Mitch Mitt Mohamed
Mohammad Mohammed Mohsen Moira Molly Monica Monika Moshe Mudassar Muhammad Murat Mustafa Nadia Nancy Naomi Narendra
Natalia Natalie Natasha Nathalie Nathan Neil Nelson Nicholas Nick Nicola Nicolas Nicole Niels Nigel Nikita Nikki Nikol
Nikola Nikolai Nikolay Nina Noah Noel Nora Norman Oksana Oleg Oleksandr Olga Oliver Olivia Olivier Omar Osama Oscar
Oskar Otto Owen Pablo Paolo Patrice Patricia Patrick Patti Paul Paula Paulo Pavel Pedro Peggy Penny Peter Petr Petra
Petro Phil Philip Philippe Phillip Pierre Pieter Piotr Priti Priya Qasim Quentin Rachel Rafael Rahul Raisa Raj Rajesh
Ralph Ramzan Ramón Raphael Rashid Raul Ravi Ray Raymond Rebecca Recep Reinhard Rene René Rex Rhys Ricardo Riccardo
Richard Rick Rishi Rita Rob Robert Roberta Roberto Robin Rodrigo Roger Roland Roman Romano Ron Ronald Rory Rosa Rose
Rosemary Ross Roy Ruben Rudy Rupert Russell Ruth Ryan Sabine Sadiq Saeed Sajid Salman Sam Samantha Sami Samir Samuel
Sandra Sanjay Sanna Sara Sarah Satya Scott Sean Sebastian Serena Serge Sergei Sergey Sergio Seth Shane Shannon Sharon
Sheila Shinzo Shirley Sigmar Silvia Silvio Simon Simone Sofia Sonia Sophia Sophie Stanislav Stefan Stefano Stella
Stephane Stephanie Stephen Steve Steven Stewart Stuart Sue Sundar Sunil Suresh Susan Susanne Suzanne Sven Svetlana
Sylvia Taras Tatiana Tatyana Ted Teresa Terry Theo Theodore Theresa Thierry Thomas Tim Timothy Tina Tobias Todd Tom
Tomas Tommy Toni Tony Travis Trevor Tucker Tulsi Uday Ulrich Ursula Vadim Valentina Valeria Valerie Valery Vanessa
Vasily Vera Veronica Viacheslav Victor Victoria Vijay Viktor Vincent Vincenzo Virginia Vitali Vitalii Vitaly Vivek
Vladimir Vladislav Volodymyr Vyacheslav Walter Wang Warren Wayne Wendy Wilhelm Will Willem William Winston Wolfgang
Xavier Xi Yair Yana Yasmin Yekaterina Yevgeny Yoav Yoko Yulia Yuri Yusuf Yves Yvonne Zachary Zara Zeynep Zhang Zoe
Александр Алексей Анастасия Анатолий Андрей Анна Антон Борис Вадим Валентина Валерий Василий Виктор Виталий Владимир
Владислав Вячеслав Геннадий Георгий Григорий Дарья Денис Джо Джон Дмитрий Дональд Евгений Екатерина Елена Иван Игорь
Илон Илья Ирина Константин Леонид Людмила Максим Марина Мария Михаил Наталья Никита Николай Оксана Олег Ольга Павел
Пётр Роман Светлана Сергей Станислав Татьяна Фёдор Эдвард Юлия Юрий
""")

# Countries, regions, cities, and the adjectives of their people: no watch is suggested for a place
PLACES = _lines("""
Abu Dhabi, Abuja, Accra, Addis Ababa, Afghan, Afghanistan, Africa, African, Africans, Alabama, Alaska, Albania,
Albanian, Aleppo, Algeria, Algerian, Algiers, Amazonas, America, American, Americans, Americas, Amman, Amsterdam,
Angola, Ankara, Antarctica, Arab, Arabia, Arabic, Arabs, Arctic, Argentina, Argentine, Arizona, Arkansas, Armenia,
Armenian, Asia, Asian, Astana, Athens, Atlanta, Atlantic, Auckland, Australia, Australian, Australians, Austria,
Austrian, Azerbaijan, Azerbaijani, Baghdad, Bahrain, Bakhmut, Baku, Bali, Balkan, Balkans, Baltic, Bangkok,
Bangladesh, Bangladeshi, Barcelona, Bavaria, Beijing, Beirut, Belarus, Belarusian, Belfast, Belgian, Belgium,
Belgorod, Belgrade, Benin, Berlin, Bermuda, Bern, Bolivia, Bolivian, Bordeaux, Bosnia, Bosnian, Boston, Botswana,
Brazil, Brazilian, Brisbane, Bristol, Britain, British, Britons, Brooklyn, Brussels, Bryansk, Bucharest, Budapest,
Buenos Aires, Bulgaria, Bulgarian, Burkina Faso, Burma, Burundi, Cairo, Calais, California, Californian, Cambodia,
Cambodian, Cambridge, Cameroon, Canada, Canadian, Canadians, Canberra, Cape Town, Caracas, Cardiff, Caribbean,
Casablanca, Caucasus, Chad, Chechen, Chechnya, Chicago, Chile, Chilean, China, Chinese, Cologne, Colombia, Colombian,
Colombo, Colorado, Congo, Congolese, Connecticut, Copenhagen, Costa Rica, Crimea, Crimean, Croatia, Croatian, Cuba,
Cuban, Cypriot, Cyprus, Czech, Czech Republic, Czechia, DRC, Dagestan, Dakar, Dallas, Damascus, Danish, Darfur,
Delaware, Delhi, Denmark, Denver, Detroit, Dhaka, Djibouti, Doha, Dominican Republic, Donbas, Donbass, Donetsk,
Dresden, Dubai, Dublin, Dutch, EU member, East Timor, Eastern Europe, Ecuador, Edinburgh, Egypt, Egyptian, El
Salvador, England, English, Eritrea, Essex, Estonia, Estonian, Ethiopia, Ethiopian, Europe, European, Europeans, Far
East, Fiji, Filipino, Finland, Finnish, Finns, Florida, France, Frankfurt, French, Gaza, Gaza Strip, Geneva, Georgia,
Georgian, German, Germans, Germany, Ghana, Glasgow, Golan Heights, Great Britain, Greece, Greek, Greenland, Guatemala,
Guinea, Gulf, Hague, Haiti, Haitian, Hamburg, Hanoi, Harare, Havana, Hawaii, Helsinki, Hiroshima, Holland, Hollywood,
Honduras, Hong Kong, Houston, Hungarian, Hungary, Iceland, Icelandic, Idaho, Idlib, Illinois, India, Indian, Indiana,
Indians, Indonesia, Indonesian, Iowa, Iran, Iranian, Iraq, Iraqi, Ireland, Irish, Irkutsk, Islamabad, Israel, Israeli,
Israelis, Istanbul, Italian, Italy, Ivory Coast, Izium, Jakarta, Jamaica, Japan, Japanese, Jerusalem, Johannesburg,
Jordan, Kabul, Kaliningrad, Kansas, Karachi, Kashmir, Kazakh, Kazakhstan, Kent, Kentucky, Kenya, Kenyan, Kharkiv,
Khartoum, Kherson, Kiev, Kigali, Kinshasa, Kolkata, Korea, Korean, Kosovo, Kramatorsk, Kuala Lumpur, Kurdish,
Kurdistan, Kurds, Kursk, Kuwait, Kyiv, Kyrgyz, Kyrgyzstan, Lagos, Lahore, Laos, Las Vegas, Latin America, Latin
American, Latvia, Latvian, Lebanese, Lebanon, Leeds, Liberia, Libya, Libyan, Lima, Lisbon, Lithuania, Lithuanian,
Liverpool, London, Los Angeles, Louisiana, Luhansk, Luxembourg, Lviv, Lyon, Macau, Madrid, Maine, Malawi, Malaysia,
Malaysian, Mali, Malta, Manchester, Manhattan, Manila, Mar-a-Lago, Mariupol, Marseille, Maryland, Massachusetts,
Mecca, Melbourne, Mexican, Mexico, Miami, Michigan, Middle East, Middle Eastern, Milan, Minneapolis, Minnesota, Minsk,
Mississippi, Missouri, Mogadishu, Moldova, Moldovan, Monaco, Mongolia, Montana, Montenegro, Montreal, Moroccan,
Morocco, Moscow, Mosul, Mozambique, Mumbai, Munich, Myanmar, Nairobi, Namibia, Naples, Nashville, Nebraska, Nepal,
Netherlands, Nevada, New Delhi, New Hampshire, New Jersey, New Mexico, New Orleans, New York, New York City, New
Zealand, Nicaragua, Niger, Nigeria, Nigerian, Nordic, North Africa, North America, North Carolina, North Dakota, North
Korea, North Korean, Northern Ireland, Norway, Norwegian, Novosibirsk, Odesa, Odessa, Ohio, Oklahoma, Oman, Oregon,
Osaka, Oslo, Ottawa, Oxford, Pacific, Pakistan, Pakistani, Palestine, Palestinian, Palestinians, Panama, Paraguay,
Paris, Pennsylvania, Persian, Peru, Peruvian, Philadelphia, Philippine, Philippines, Phnom Penh, Phoenix, Poland,
Poles, Polish, Portland, Portugal, Portuguese, Prague, Pretoria, Puerto Rico, Pyongyang, Qatar, Qatari, Quebec, Rafah,
Ramallah, Reykjavik, Rhode Island, Riga, Rio de Janeiro, Riyadh, Romania, Romanian, Rome, Rostov, Russia, Russian,
Russians, Rwanda, Rwandan, Sahel, Samara, San Diego, San Francisco, Sanaa, Santiago, Sao Paulo, Saudi, Saudi Arabia,
Saudis, Scandinavia, Scandinavian, Scot, Scotland, Scottish, Seattle, Senegal, Seoul, Serbia, Serbian, Sevastopol,
Shanghai, Shenzhen, Siberia, Siberian, Sicily, Sierra Leone, Silicon Valley, Singapore, Slovak, Slovakia, Slovenia,
Sochi, Sofia, Somali, Somalia, South Africa, South African, South America, South Asia, South Carolina, South China
Sea, South Dakota, South Korea, South Korean, South Sudan, Southeast Asia, Soviet, Soviet Union, Spain, Spanish, Sri
Lanka, Sri Lankan, St Petersburg, St. Petersburg, Stockholm, Strasbourg, Sudan, Sudanese, Swede, Sweden, Swedish,
Swiss, Switzerland, Sydney, Syria, Syrian, São Paulo, Taipei, Taiwan, Taiwanese, Tajikistan, Tallinn, Tanzania,
Tashkent, Tbilisi, Tehran, Tel Aviv, Tennessee, Texan, Texas, Thai, Thailand, The Hague, Tibet, Tibetan, Togo, Tokyo,
Toronto, Transnistria, Tripoli, Tunisia, Tunisian, Turin, Turk, Turkey, Turkish, Turkmenistan, U.K, U.S, U.S.A, UAE,
UK, US, USA, USSR, Uganda, Ugandan, Ukraine, Ukrainian, Ukrainians, United Arab Emirates, United Kingdom, United
States, Uruguay, Utah, Uzbek, Uzbekistan, Vancouver, Venezuela, Venezuelan, Venice, Vermont, Vienna, Vietnam,
Vietnamese, Vilnius, Virginia, Vladivostok, Wales, Warsaw, Washington, Washington D.C., Washington DC, Wellington,
Welsh, West Africa, West Bank, West Virginia, Western, Westerners, Wisconsin, Wyoming, Yemen, Yemeni, Yerevan, Zagreb,
Zambia, Zaporizhzhia, Zimbabwe, Zurich, Америка, Вашингтон, Германия, Европа, Киев, Москва, Россия, США, Украина
""")

# Organisations whose names show nothing of it, or are made of ordinary words
KNOWN = _lines("""
Airbus, Al Jazeera, Al Qaeda, Al-Qaeda, Alibaba, Alphabet, Amazon, Amnesty International, Anthropic, Apple, Associated
Press, Baidu, Bellingcat, Bloomberg, Boeing, Boko Haram, Booking, Breitbart, Bundestag, Bundeswehr, ByteDance,
Cambridge Analytica, Chevron, Disney, Doctors Without Borders, Duma, Eurojust, European Union, Europol, Exxon,
Facebook, Fatah, Federal Reserve, Ford, Fox News, Frontex, Gazprom, General Electric, General Motors, Goldman Sachs,
Google, Greenpeace, Hamas, Hezbollah, Huawei, Human Rights Watch, Interfax, Interpol, Islamic State, Knesset, Kremlin,
Kuomintang, Lockheed Martin, Lufthansa, Lukoil, Meduza, Meta, Microsoft, Morgan Stanley, Mossad, Netflix, Neuralink,
Nvidia, Oxfam, Palantir, Pentagon, Pfizer, Politico, Pussy Riot, Raytheon, Red Crescent, Red Cross, Reuters, Riksdag,
Roscosmos, Rosneft, Rostec, Sberbank, Shell, Shin Bet, Siemens, Sinn Féin, Sony, Spotify, Starlink, Stasi, Taliban,
Telegram, Tencent, Tesla, Toyota, Transparency International, Truth Social, Twitter, Uber, Unesco, Unicef, United
Nations, Vatican, Verkhovna Rada, Volkswagen, Wagner, Wagner Group, Walmart, WhatsApp, WikiLeaks, World Bank, World
Economic Forum, World Food Programme, World Health Organisation, World Health Organization, World Trade Organization,
Yandex, Zoom, Газпром, Госдума, Интерфакс, Кремль, Роскосмос, Роснефть
""")

# Institutions that many countries have, or that every second story names: too broad for a watch of their own
BROAD = _lines("""
Buckingham Palace, Bundesrat, Capitol, Capitol Hill, Communist, Communists, Congress, Conservatives, Democrat,
Democratic, Democrats, Downing Street, Elysee, General Assembly, Greens, House, Labour, Liberals, Oval Office,
Parliament, Red Square, Republican, Republicans, Security Council, Senate, Tories, Wall Street, Westminster, White
House, Whitehall, Élysée
""")

"""
A small shop as a tutorial of Django REST would write it (Debian: python3-django python3-djangorestframework
python3-djangorestframework-simplejwt python3-django-filters), for comparing what it answers with what the product answers:
python3 django_shop.py PORT
"""
import sys
import django
from django.conf import settings

settings.configure(
    DEBUG=False,
    ALLOWED_HOSTS=['*'],
    SECRET_KEY='of a shop that lives for a minute',
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=['django.contrib.auth', 'django.contrib.contenttypes', 'rest_framework', 'django_filters', 'shop'],
    MIDDLEWARE=['django.middleware.common.CommonMiddleware'],
    DATABASES={'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': 'file:shop?mode=memory&cache=shared', 'OPTIONS': {'uri': True}}},
    DEFAULT_AUTO_FIELD='django.db.models.AutoField',
    USE_TZ=True,
    PASSWORD_HASHERS=['django.contrib.auth.hashers.MD5PasswordHasher'],
    REST_FRAMEWORK={
        'DEFAULT_AUTHENTICATION_CLASSES': ['rest_framework_simplejwt.authentication.JWTAuthentication'],
        'DEFAULT_RENDERER_CLASSES': ['rest_framework.renderers.JSONRenderer'],
        'DEFAULT_FILTER_BACKENDS': [
            'django_filters.rest_framework.DjangoFilterBackend',
            'rest_framework.filters.SearchFilter',
            'rest_framework.filters.OrderingFilter',
        ],
    },
)
sys.modules['shop'] = type(sys)('shop')
sys.modules['shop'].__path__ = ['/nowhere']
sys.modules[settings.ROOT_URLCONF] = sys.modules['__main__']
django.setup()

from django.contrib.auth.models import User
from django.db import connection, models
from django.urls import include, path
from django_filters import rest_framework as filters
from rest_framework import generics, pagination, permissions, routers, serializers, viewsets
from rest_framework_simplejwt.views import TokenObtainPairView, TokenRefreshView


class Pages(pagination.PageNumberPagination):
    page_size = 20
    page_size_query_param = 'page_size'
    max_page_size = 100


class Product(models.Model):
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    price = models.DecimalField(max_digits=10, decimal_places=2)
    stock = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = 'shop'


class Order(models.Model):
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    notes = models.TextField(blank=True)

    class Meta:
        app_label = 'shop'


class OrderItem(models.Model):
    order = models.ForeignKey(Order, related_name='items', on_delete=models.CASCADE)
    product = models.ForeignKey(Product, on_delete=models.CASCADE)
    quantity = models.PositiveIntegerField()

    class Meta:
        app_label = 'shop'


class RegisterSerializer(serializers.ModelSerializer):
    password = serializers.CharField(write_only=True, min_length=8)
    email = serializers.EmailField()

    class Meta:
        model = User
        fields = ['id', 'username', 'email', 'password']

    def create(self, fields):
        return User.objects.create_user(**fields)


class ProductSerializer(serializers.ModelSerializer):
    class Meta:
        model = Product
        fields = ['id', 'name', 'description', 'price', 'stock', 'created_at']


class OrderItemSerializer(serializers.ModelSerializer):
    quantity = serializers.IntegerField(min_value=1)

    class Meta:
        model = OrderItem
        fields = ['product', 'quantity']


class OrderSerializer(serializers.ModelSerializer):
    items = OrderItemSerializer(many=True)

    class Meta:
        model = Order
        fields = ['id', 'notes', 'items']

    def create(self, fields):
        items = fields.pop('items')
        order = Order.objects.create(user=self.context['request'].user, **fields)
        for item in items:
            OrderItem.objects.create(order=order, **item)
        return order


class ProductFilter(filters.FilterSet):
    min_price = filters.NumberFilter(field_name='price', lookup_expr='gte')
    max_price = filters.NumberFilter(field_name='price', lookup_expr='lte')

    class Meta:
        model = Product
        fields = ['min_price', 'max_price']


class Register(generics.CreateAPIView):
    serializer_class = RegisterSerializer
    permission_classes = [permissions.AllowAny]


class Products(viewsets.ModelViewSet):
    queryset = Product.objects.order_by('id')
    serializer_class = ProductSerializer
    pagination_class = Pages
    permission_classes = [permissions.IsAuthenticatedOrReadOnly]
    filterset_class = ProductFilter
    search_fields = ['name']
    ordering_fields = ['id', 'price', 'name', 'created_at']


class Orders(viewsets.ModelViewSet):
    serializer_class = OrderSerializer
    pagination_class = Pages
    permission_classes = [permissions.IsAuthenticated]

    def get_queryset(self):
        return Order.objects.filter(user=self.request.user).order_by('id')


router = routers.DefaultRouter()
router.register('products', Products)
router.register('orders', Orders, basename='order')
urlpatterns = [
    path('api/token/', TokenObtainPairView.as_view()),
    path('api/token/refresh/', TokenRefreshView.as_view()),
    path('api/auth/register/', Register.as_view()),
    path('api/', include(router.urls)),
]

if __name__ == '__main__':
    from wsgiref.simple_server import WSGIRequestHandler, make_server
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    call_command('migrate', verbosity=0)
    with connection.schema_editor() as editor:
        for model in [Product, Order, OrderItem]:
            editor.create_model(model)
    User.objects.create_user('john', 'john@example.com', 'password123')
    User.objects.create_superuser('admin', 'admin@example.com', 'password123')
    for n in range(1, 41):
        Product.objects.create(name=f'Chair {n}', price=n, stock=10)

    class Quiet(WSGIRequestHandler):
        def log_message(self, *args):
            pass

    server = make_server('127.0.0.1', int(sys.argv[1]), get_wsgi_application(), handler_class=Quiet)
    print('open', flush=True)
    server.serve_forever()
